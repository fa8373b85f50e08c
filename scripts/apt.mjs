// What the set-up scripts need of Debian's and Ubuntu's packages: which system this is, install, download,
// and Debian 12's backports. Commands that change the system go through sudo where the user is not root.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fail, run } from "./shell.mjs";

/** The fields of /etc/os-release (ID, ID_LIKE, VERSION_ID, VERSION_CODENAME…), or {} where there is none. */
export function osRelease(path = "/etc/os-release") {
  if (!existsSync(path)) return {};
  const pairs = readFileSync(path, "utf8").matchAll(/^(\w+)=["']?(.*?)["']?$/gm);
  return Object.fromEntries(Array.from(pairs, ([, key, value]) => [key, value]));
}

/** True on Debian, Ubuntu and systems derived from them that have apt-get. */
export const hasApt = ({ ID = "", ID_LIKE = "" }) =>
  [ID, ...ID_LIKE.split(" ")].some((name) => name === "debian" || name === "ubuntu") && works("apt-get");

const works = (command) => spawnSync(command, ["--version"], { stdio: "ignore" }).status === 0;

/** Runs a command as root: directly where the user is root, through sudo elsewhere. */
function runAsRoot(command, args, options) {
  if (process.getuid() === 0) return run(command, args, options);
  if (!works("sudo")) {
    fail("apt: installing packages needs root, and there is no sudo here. Run `npm run setup` as root.");
  }
  return run("sudo", [command, ...args], options);
}

/** apt-get as root, asking nothing and waiting for another apt that holds the lock. */
const aptGet = (...args) =>
  runAsRoot("env", ["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=120", ...args]);

// One source that is out of reach makes the update fail as a whole, though the others were read: whether
// that matters shows in the install that follows.
const update = () => aptGet("update") || console.log("apt: some package lists could not be read; going on.");

/** Installs packages, from the given release where one is named; false where apt refuses. */
export function install(packages, release) {
  const from = release ? ["-t", release] : [];
  update();
  return aptGet("install", "-y", "--no-install-recommends", ...from, ...packages);
}

/** The first of these programs that is here, with what `--version` says; on Debian the first is installed where none is. */
export function browser(names) {
  const find = () => {
    for (const program of names) {
      const { status, stdout } = spawnSync(program, ["--version"], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      if (status === 0) return { program, version: stdout.trim() };
    }
  };
  const there = find();
  if (there) return there;
  const system = osRelease();
  if (system.ID !== "debian" || !hasApt(system) || !install([names[0]])) {
    fail(
      `${names[0]}: it is not here (looked for ${names.join(", ")}), and only Debian has a package to install.`,
    );
  }
  return find() ?? fail(`${names[0]}: it was installed and does not start.`);
}

/** Downloads one package's .deb into a folder without installing it; false where apt refuses. */
export function download(name, folder) {
  const get = () => run("apt-get", ["download", name], { cwd: folder });
  if (get()) return true;
  // A fresh container has no package lists yet.
  update();
  return get();
}

/**
 * The binary package sources that apt is configured with, as {uri, suite, signedBy}: from one-line `.list`
 * files and from `.sources` files in deb822 form. Formats: the manual page sources.list(5).
 */
export function aptSources(folder = "/etc/apt") {
  const parts = `${folder}/sources.list.d`;
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = [`${folder}/sources.list`, ...names.map((name) => `${parts}/${name}`)];
  return files.filter(existsSync).flatMap((file) => {
    if (file.endsWith(".sources")) return deb822Sources(readFileSync(file, "utf8"));
    if (file.endsWith(".list")) return oneLineSources(readFileSync(file, "utf8"));
    return [];
  });
}

function oneLineSources(text) {
  const lines = text.matchAll(/^\s*deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)/gm);
  return Array.from(lines, ([, options = "", uri, suite]) => ({
    uri,
    suite,
    signedBy: options.match(/signed-by=(\S+)/i)?.[1],
  }));
}

function deb822Sources(text) {
  const uncommented = text.replace(/^#.*\n?/gm, "");
  return uncommented.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = stanza.matchAll(/^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)/gm);
    const field = Object.fromEntries(
      Array.from(fields, ([, key, value]) => [key.toLowerCase(), value.trim()]),
    );
    const words = (key) => (field[key] ?? "").split(/\s+/).filter(Boolean);
    if (!words("types").includes("deb") || /^(no|false|0|off|without|disable)$/i.test(field.enabled ?? ""))
      return [];
    // A key written out in the file itself cannot be named from another file; only a key's path can.
    const signedBy = field["signed-by"]?.startsWith("/") ? field["signed-by"] : undefined;
    return words("uris").flatMap((uri) => words("suites").map((suite) => ({ uri, suite, signedBy })));
  });
}

/**
 * The line that adds Debian's backports of a release, from the mirror that the release itself comes from;
 * "" where a source of theirs is configured, null where no mirror is.
 */
export function backportsLine(codename, sources = aptSources()) {
  if (sources.some(({ suite }) => suite === `${codename}-backports`)) return "";
  const mirrors = sources.filter(({ uri }) => !uri.startsWith("cdrom:"));
  const mirror =
    mirrors.find(({ suite }) => suite === codename) ??
    mirrors.find(({ suite }) => /^(old)*stable$/.test(suite));
  if (!mirror) return null;
  const option = mirror.signedBy ? `[signed-by=${mirror.signedBy}] ` : "";
  return `deb ${option}${mirror.uri} ${codename}-backports main\n`;
}

/** Configures backports in a source file of our own where no source has them. */
export function ensureBackports(codename) {
  const line = backportsLine(codename);
  if (line === null)
    fail(`apt: no mirror of ${codename} is configured, so ${codename}-backports cannot be added.`);
  if (line === "") return;
  const path = "/etc/apt/sources.list.d/monge-backports.list";
  console.log(`Adding ${path}: ${line.trim()}`);
  if (!runAsRoot("tee", [path], { input: line, stdio: ["pipe", "ignore", "inherit"] })) {
    fail(`apt: ${path} could not be written.`);
  }
}
