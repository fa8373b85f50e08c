// Runs the GPU part of the tests in Chromium: Dawn like Node's, on SwiftShader, behind a browser's walls.
// usage: node scripts/chromium.mjs [REGEX of file paths]
import { chromium } from "./browsers.mjs";
import { elsewhere } from "./elsewhere.mjs";

await elsewhere({ name: "chromium", minutes: 60, ...chromium() });
