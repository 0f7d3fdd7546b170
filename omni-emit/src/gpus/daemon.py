import json, sys
path, act, option = sys.argv[1:]
with open(path) as file:
    settings = json.loads(file.read() or "{}")
options = settings.get("exec-opts", [])
others = [other for other in options if other.startswith("native.cgroupdriver=") and other != option]
if act == "add" and others:
    sys.exit("/etc/docker/daemon.json says " + others[0] + ", with which containers lose their GPUs: remove that setting first")
options = [other for other in options if other != option] + ([option] if act == "add" else [])
settings.pop("exec-opts", None)
if options:
    settings["exec-opts"] = options
with open(path, "w") as file:
    json.dump(settings, file, indent=2)
    file.write("\n")
