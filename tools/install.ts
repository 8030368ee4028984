/**
 * Installs what the tests need of the system, and nothing when it is all there. Run by `npm test` before the tests.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { PACKAGE_OF, pathOf } from "../test/parts/debian.ts";

const absent = Object.entries(PACKAGE_OF).filter(([program]) => pathOf(program) === undefined);
const missing = [...new Set(absent.map(([, debianPackage]) => debianPackage))];

if (missing.length > 0) process.exitCode = installAll(missing) ? 0 : 1;

/** Whether all of the packages are installed afterwards; says on stderr why not. */
function installAll(packages: readonly string[]): boolean {
  const install = [
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "install",
    "-y",
    "--no-install-recommends",
    ...packages,
  ];
  const byHand = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  const prefix = rootPrefix();
  if (pathOf("apt-get") === undefined || prefix === undefined) {
    say(`the tests need programs that are not installed; as root, run: ${byHand}`);
    return false;
  }
  say(`installing what the tests need: ${packages.join(" ")}`);
  // Package lists that are missing or old make this fail; then they are fetched and it is tried once more, aloud.
  const installed =
    run([...prefix, ...install], "ignore") ||
    (run([...prefix, "apt-get", "update"], "inherit") && run([...prefix, ...install], "inherit"));
  if (!installed) say(`could not install them; as root, run: ${byHand}`);
  packages.filter(hasService).forEach((name) => stopService(prefix, name));
  return installed;
}

/** What to put before a command so that root runs it; undefined when that cannot be had without a password. */
function rootPrefix(): readonly string[] | undefined {
  if (process.getuid?.() === 0) return [];
  return run(["sudo", "-n", "true"], "ignore") ? ["sudo", "-n"] : undefined;
}

function hasService(name: string): boolean {
  return existsSync(`/etc/init.d/${name}`) || existsSync(`/lib/systemd/system/${name}.service`);
}

/** Debian starts a daemon when it installs one. The tests start their own, so this one goes, and stays away. */
function stopService(prefix: readonly string[], name: string): void {
  if (!run([...prefix, "service", name, "status"], "ignore")) return;
  run([...prefix, "service", name, "stop"], "ignore");
  run([...prefix, "update-rc.d", name, "disable"], "ignore");
  say(`stopped and disabled the service ${name}, which came with the installation; the tests do not use it`);
}

function run(command: readonly string[], output: "ignore" | "inherit"): boolean {
  const [program = "", ...args] = command;
  return spawnSync(program, args, { stdio: ["ignore", output, output] }).status === 0;
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
