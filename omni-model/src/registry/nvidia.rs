//! NVIDIA's container toolkit: how containers keep their GPUs when systemd reads its units anew.
//! <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html>

/// Docker's driver of control groups whose containers keep them.
pub const CGROUP_DRIVER: &str = "cgroupfs";

/// Docker's option for it.
pub const EXEC_OPTION: &str = "native.cgroupdriver=cgroupfs";

/// The first release whose runtime tells the engine which devices it adds to a container, so that pods keep them under systemd too: its
/// default is a CDI specification, which it makes when a container starts.
/// <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/release-notes.html#nvidia-container-toolkit-1-18-0>
pub const TOOLKIT: &str = "1.18.0";
