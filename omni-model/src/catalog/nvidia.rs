//! NVIDIA's container toolkit: how containers keep their GPUs when systemd reloads its units.
//! <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/troubleshooting.html>

/// Docker's cgroup driver with which containers keep their GPUs.
pub const CGROUP_DRIVER: &str = "cgroupfs";

/// Docker's option that sets this driver.
pub const EXEC_OPTION: &str = "native.cgroupdriver=cgroupfs";

/// The first release with which pods keep their GPUs under systemd, too: by default, its runtime creates a CDI specification when a
/// container starts, which tells the engine the devices that it adds to the container.
/// <https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/release-notes.html#nvidia-container-toolkit-1-18-0>
pub const TOOLKIT: &str = "1.18.0";
