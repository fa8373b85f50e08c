// Runs the GPU part of the tests in Firefox, without a screen: wgpu like Deno's, behind a browser's walls. On Debian it
// installs the package firefox-esr where there is none. usage: node scripts/firefox.mjs [REGEX of file paths]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { browser } from "./apt.mjs";
import { elsewhere } from "./elsewhere.mjs";

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

const { program, version } = browser(["firefox-esr", "firefox"]);

await elsewhere({
  name: "firefox",
  title: version,
  minutes: 120,
  command: (url, scratch) => {
    const lines = Object.entries(preferences).map(([name, value]) => `user_pref("${name}", ${value});\n`);
    writeFileSync(join(scratch, "user.js"), lines.join(""));
    return [program, ["--headless", "--no-remote", "--profile", scratch, url], { HOME: scratch }];
  },
});
