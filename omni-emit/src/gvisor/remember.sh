command -v runsc >/dev/null || touch "$state/was-absent"
