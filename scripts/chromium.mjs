// Runs the GPU part of the tests in Chromium, without a screen: Dawn like Node's, on SwiftShader, behind a browser's
// walls. On Debian it installs the package chromium where there is none. usage: node scripts/chromium.mjs [REGEX of file paths]
import { browser } from "./apt.mjs";
import { elsewhere } from "./elsewhere.mjs";

const { program, version } = browser(["chromium", "chromium-browser", "google-chrome"]);

await elsewhere({
  name: "chromium",
  title: version.replace(/ built on.*/, ""),
  minutes: 60,
  command: (url, scratch) => [
    program,
    [
      ...["--headless", "--no-sandbox", "--enable-unsafe-webgpu", "--js-flags=--expose-gc"],
      ...[
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
      `--user-data-dir=${scratch}`,
      url,
    ],
  ],
});
