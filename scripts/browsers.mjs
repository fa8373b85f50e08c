// How Chromium and Firefox are started without a screen on a page of ours, with WebGPU on a driver that computes on the
// processor. On Debian their packages, chromium and firefox-esr, are installed where there are none.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser } from "./apt.mjs";

/** Its title, and the program with its arguments and environment for a URL and a folder of its own. */
export function chromium() {
  const { program, version } = browser(["chromium", "chromium-browser", "google-chrome"]);
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const command = (url, scratch) => [
    program,
    [
      ...["--headless", "--no-sandbox", "--enable-unsafe-webgpu", "--js-flags=--expose-gc"],
      ...[...quiet, "--no-first-run", `--user-data-dir=${scratch}`, url],
    ],
  ];
  return { title: version.replace(/ built on.*/, ""), command };
}

const preferences = {
  "dom.webgpu.enabled": true,
  // A driver that computes on the processor is on the list of those that Firefox does without.
  "gfx.webgpu.ignore-blocklist": true,
  // Lets the tests of memory run the garbage collector.
  "dom.testing.testutils.enabled": true,
  "app.update.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.enabled": false,
};

/** As `chromium`. */
export function firefox() {
  const { program, version } = browser(["firefox-esr", "firefox"]);
  const command = (url, scratch) => {
    const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${value});\n`);
    writeFileSync(join(scratch, "user.js"), lines.join(""));
    return [program, ["--headless", "--no-remote", "--profile", scratch, url], { HOME: scratch }];
  };
  return { title: version, command };
}
