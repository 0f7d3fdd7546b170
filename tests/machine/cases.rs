//! What is tried on the machine. Each case begins with a machine on which nothing is deployed.

use std::{collections::BTreeMap, io};

use omni::model::{deployment::Host, names::Owner};
use serde_json::Value;

use crate::{
    Site, WHOLE, WITHOUT_KERNEL,
    guest::{PORTS, Ran},
    state::State,
};

type Case = fn(&mut Site) -> io::Result<()>;

/// What `deploy.sh` ends with when the machine must start anew.
const NEW_START: i32 = 3;

pub(crate) const ALL: &[(&str, Case)] = &[
    ("deployed, started anew, judged and undone", deployed_and_undone),
    ("undone before the new start", undone_before_the_new_start),
    ("a swap file that is active already", active_swap),
    ("a swap file that is in fstab already", active_swap_in_fstab),
    ("a firewall with rules of the operator's", rules_of_the_operator),
    ("a disk that is not mounted", not_mounted),
    ("a disk that is full", full),
    ("killed in the middle of a step", killed),
    ("containers of v15, over a reboot and undone", crate::containers::v15),
    ("containers of home, over a reboot and undone", crate::containers::home),
];

impl Site {
    fn host(&self) -> &Host {
        self.model.hosts.values().next().unwrap()
    }

    /// Runs one of a bundle's programs, which must end as it is said.
    pub(crate) fn program(&self, bundle: &str, words: &str, code: i32) -> io::Result<String> {
        let ran = self.guest.run(&format!("{bundle}/compose/{words}"))?;
        assert_eq!(ran.code, Some(code), "{words} said:\n{}", ran.said);
        Ok(ran.said)
    }

    fn deploy(&self, bundle: &str, words: &str, code: i32) -> io::Result<String> {
        self.program(bundle, &format!("{} {words}", self.deploy_command()), code)
    }

    fn deploy_command(&self) -> String {
        format!("deploy.sh --confirm {}", self.model.authorization.as_ref().unwrap().word)
    }

    /// What a command says, which must succeed.
    pub(crate) fn ask(&self, command: &str) -> io::Result<String> {
        let Ran { code, said } = self.guest.run(command)?;
        assert_eq!(code, Some(0), "{command} said:\n{said}");
        Ok(said.trim_end().to_owned())
    }

    /// The checks of a bundle's `verify.sh`, by name: how each ended, and what it saw.
    fn verified(&self, bundle: &str, code: i32) -> io::Result<BTreeMap<String, (String, String)>> {
        let said = self.program(bundle, "verify/verify.sh --json", code)?;
        let rows: Vec<Value> = serde_json::from_str(&said)?;
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        Ok(rows.iter().map(|row| (text(row, "check"), (text(row, "result"), text(row, "seen")))).collect())
    }

    pub(crate) fn is_as(&self, before: &State) -> io::Result<()> {
        let differences = self.differences(before)?;
        assert!(differences.is_empty(), "the machine is not as it was:\n{}", differences.join("\n"));
        Ok(())
    }

    /// What is not as it was on a machine on which nothing is deployed any more.
    pub(crate) fn differences(&self, before: &State) -> io::Result<Vec<String>> {
        assert_eq!(self.ask("ls /var/lib/omni 2>/dev/null || true")?, "", "a record stays");
        Ok(State::of(&self.guest)?.differences(before))
    }

    /// Everything that the storage and the firewall are to be.
    fn storage_and_firewall(&mut self, bundle: &str) -> io::Result<()> {
        self.storage_and_firewall_beside(bundle, None)
    }

    /// The same beside a rule of ufw's that nobody has declared, which a check names.
    fn storage_and_firewall_beside(&mut self, bundle: &str, undeclared: Option<&str>) -> io::Result<()> {
        self.guest.connect()?;
        let host = self.host();
        let swap = host.swap.as_ref().unwrap();
        let active = self.ask("swapon --show=NAME,SIZE --bytes --noheadings --raw")?;
        let bytes = active.strip_prefix(swap.file.as_str()).and_then(|it| it.trim().parse::<u64>().ok());
        // The kernel leaves out the header, and pages that do not lie in one piece on the disk.
        let whole = swap.size.get();
        assert!(bytes.is_some_and(|it| (whole / 100 * 99..whole).contains(&it)), "active: {active}");
        assert_eq!(
            self.ask(&format!("grep -c '^{}[[:space:]]' /etc/fstab", swap.file))?,
            "1",
            "lines in /etc/fstab"
        );
        assert_eq!(self.ask(&format!("stat -c '%u:%g %a %s' {}", swap.file))?, format!("0:0 600 {whole}"));
        let storage = host.storage.as_ref().unwrap();
        let operator = self.ask("echo $(id -u admin):$(id -g admin)")?;
        let (mut command, mut owners) = ("stat -c %u:%g".to_owned(), Vec::new());
        for (name, directory) in &storage.directories {
            command += &format!(" {}/.", storage.mount.join(name));
            owners.push(match &directory.owner {
                Owner::Operator => operator.clone(),
                Owner::Root => "0:0".to_owned(),
                Owner::User(user) => user.to_string(),
            });
        }
        assert_eq!(self.ask(&command)?, owners.join("\n"), "{command}");
        let rows = self.verified(bundle, if undeclared.is_some() { 1 } else { 4 })?;
        for (check, (result, seen)) in &rows {
            match check.as_str() {
                "ufw-rules" if undeclared.is_some_and(|rule| seen.contains(rule)) => {
                    assert_eq!(result, "FAIL", "{seen}");
                }
                "docker-user" => {
                    assert_eq!(
                        (result.as_str(), seen.as_str()),
                        ("SKIP", "the bridge omni0 does not exist yet")
                    );
                }
                _ => assert_eq!(result, "PASS", "{check}: {seen}"),
            }
        }
        for check in ["swap-active", "directories", "ufw-rules", "ipv6-denied", "docker-user"] {
            assert!(rows.contains_key(check), "no row {check}");
        }
        Ok(())
    }

    /// Something listens on each port that is knocked at from the LAN.
    fn listen(&self) -> io::Result<()> {
        for port in &PORTS[1..] {
            self.ask(&format!(
                "systemd-run --quiet --unit=listen-{port} python3 -m http.server {port} --directory /srv
                 until curl -fsS -o /dev/null http://127.0.0.1:{port}/; do sleep 1; done"
            ))?;
        }
        Ok(())
    }
}

fn deployed_and_undone(site: &mut Site) -> io::Result<()> {
    let parameters: Vec<String> =
        site.host().kernel.as_ref().unwrap().parameters.keys().map(ToString::to_string).collect();
    let on_the_command_line = |site: &Site| -> io::Result<Vec<String>> {
        let words = site.ask("cat /proc/cmdline")?;
        Ok(words.split_whitespace().map(str::to_owned).collect())
    };
    let before = on_the_command_line(site)?;

    let said = site.deploy(WHOLE, "", NEW_START)?;
    assert_eq!(
        said.lines().last().unwrap(),
        "deploy: the machine must be rebooted: reboot it, then run this again"
    );
    assert_eq!(
        site.deploy(WHOLE, "", NEW_START)?.lines().last(),
        said.lines().last(),
        "before the new start"
    );
    site.guest.reboot()?;
    let now = on_the_command_line(site)?;
    for parameter in &parameters {
        assert!(now.contains(parameter), "{parameter} is not in {now:?}");
    }

    site.deploy(WHOLE, "", 0)?;
    site.storage_and_firewall(WHOLE)?;
    assert_eq!(site.verified(WHOLE, 4)?["grub-params"].0, "PASS");
    site.listen()?;
    let open: Vec<bool> = PORTS.iter().map(|port| site.guest.answers(*port)).collect::<io::Result<_>>()?;
    assert_eq!(open, [true, true, true, false], "who answers of {PORTS:?}");

    let deployed = State::of(&site.guest)?;
    site.deploy(WHOLE, "", 0)?;
    let differences = State::of(&site.guest)?.differences(&deployed);
    assert!(differences.is_empty(), "the second run changed:\n{}", differences.join("\n"));

    site.guest.reboot()?;
    site.storage_and_firewall(WHOLE)?;

    site.program(WHOLE, "rollback.sh", 0)?;
    assert_eq!(site.program(WHOLE, "rollback.sh", 0)?, "rollback: nothing is deployed\n");
    site.is_as(&site.untouched)?;
    site.guest.reboot()?;
    site.is_as(&site.untouched)?;
    assert_eq!(on_the_command_line(site)?, before);
    assert_eq!(site.ask("swapon --show --noheadings; LC_ALL=C ufw status")?, "Status: inactive");
    Ok(())
}

fn undone_before_the_new_start(site: &mut Site) -> io::Result<()> {
    site.deploy(WHOLE, "", NEW_START)?;
    site.program(WHOLE, "rollback.sh", 0)?;
    site.is_as(&site.untouched)
}

fn active_swap(site: &mut Site) -> io::Result<()> {
    swap_of_the_operator(site, "")
}

fn active_swap_in_fstab(site: &mut Site) -> io::Result<()> {
    let line = format!("{}\tswap swap pri=5 0 0\n", site.host().swap.as_ref().unwrap().file);
    swap_of_the_operator(site, &line)
}

fn swap_of_the_operator(site: &mut Site, line: &str) -> io::Result<()> {
    let swap = site.host().swap.clone().unwrap();
    site.ask(&format!(
        "fallocate -l {} {file}; chmod 600 {file}; mkswap {file}; swapon {file}
         printf '{line}' >>/etc/fstab",
        swap.size.get(),
        file = swap.file
    ))?;
    let before = State::of(&site.guest)?;
    site.deploy(WITHOUT_KERNEL, "", 0)?;
    site.storage_and_firewall(WITHOUT_KERNEL)?;
    site.program(WITHOUT_KERNEL, "rollback.sh", 0)?;
    site.is_as(&before)?;
    assert_eq!(site.ask("swapon --show=NAME --noheadings")?, swap.file.as_str(), "it stays active");
    Ok(())
}

fn rules_of_the_operator(site: &mut Site) -> io::Result<()> {
    site.ask(
        "ufw default reject incoming
         ufw limit 22/tcp comment mine
         ufw allow proto tcp from 192.0.2.0/24 to any port 8443
         ufw deny from 203.0.113.9
         ufw route allow in on eno1 to 192.0.2.7
         ufw --force enable",
    )?;
    let own = site.ask("ufw show added | grep '^ufw '")?;
    let (before, status) = (State::of(&site.guest)?, site.ask("ufw status verbose")?);
    site.deploy(WITHOUT_KERNEL, "", 0)?;
    let undeclared = "ufw allow from 192.0.2.0/24 to any port 8443 proto tcp";
    site.storage_and_firewall_beside(WITHOUT_KERNEL, Some(undeclared))?;
    let added = site.ask("ufw show added")?;
    for rule in own.lines() {
        assert!(added.lines().any(|line| line == rule), "{rule} is gone:\n{added}");
    }
    site.program(WITHOUT_KERNEL, "rollback.sh", 0)?;
    site.is_as(&before)?;
    assert_eq!(site.ask("ufw status verbose")?, status);
    Ok(())
}

fn not_mounted(site: &mut Site) -> io::Result<()> {
    site.ask("umount /nvme")?;
    let before = State::of(&site.guest)?;
    let said = site.deploy(WITHOUT_KERNEL, "", 1)?;
    assert!(said.contains("FAIL  Disk: "), "{said}");
    assert!(said.contains("the preflight failed and nothing was changed"), "{said}");
    let differences = State::of(&site.guest)?.differences(&before);
    assert!(differences.is_empty(), "the preflight changed:\n{}", differences.join("\n"));
    let said = site.deploy(WITHOUT_KERNEL, "--skip-preflight", 1)?;
    assert!(said.contains("/nvme is not a mount point"), "{said}");
    assert!(said.contains("step storage failed"), "{said}");
    // The step before it is done, and nothing else.
    let differences = State::of(&site.guest)?.differences(&before);
    assert_eq!(differences, ["/etc/sysctl.d/90-omni.conf is new"], "half of it is written");
    site.ask("mount /nvme")?;
    site.deploy(WITHOUT_KERNEL, "--from storage", 0)?;
    site.storage_and_firewall(WITHOUT_KERNEL)
}

fn full(site: &mut Site) -> io::Result<()> {
    let before = State::of(&site.guest)?;
    site.ask(
        "fallocate -l $(($(df --output=avail -B1 /nvme | tail -n 1) - (32 << 20))) /nvme/somebody-elses",
    )?;
    let said = site.deploy(WITHOUT_KERNEL, "", 1)?;
    assert!(said.contains("not enough space for a swap file"), "{said}");
    assert!(said.contains("step storage failed"), "{said}");
    assert_eq!(site.ask("ls -d /nvme/swapfile* 2>/dev/null || true")?, "", "half of it is written");
    assert_eq!(site.ask("grep -c swap /etc/fstab || true")?, "0");
    site.ask("rm /nvme/somebody-elses")?;
    site.deploy(WITHOUT_KERNEL, "", 0)?;
    site.storage_and_firewall(WITHOUT_KERNEL)?;
    site.program(WITHOUT_KERNEL, "rollback.sh", 0)?;
    site.is_as(&before)
}

fn killed(site: &mut Site) -> io::Result<()> {
    let before = State::of(&site.guest)?;
    // It goes down with the whole of its process group when the firewall's rules begin to come. ufw keeps their comments in
    // hexadecimal digits.
    let mark: String = "omni:".bytes().map(|byte| format!("{byte:02x}")).collect();
    let deploy = site.deploy_command();
    site.ask(&format!(
        "set -m
         {WITHOUT_KERNEL}/compose/{deploy} >said 2>&1 &
         until grep -q 'comment={mark}' /etc/ufw/user.rules; do
           kill -0 $! 2>/dev/null || {{ cat said; exit 1; }}
           sleep 0.1
         done
         kill -KILL -- -$!
         wait || true
         rm said"
    ))?;
    site.deploy(WITHOUT_KERNEL, "", 0)?;
    site.storage_and_firewall(WITHOUT_KERNEL)?;
    site.program(WITHOUT_KERNEL, "rollback.sh", 0)?;
    site.is_as(&before)
}
