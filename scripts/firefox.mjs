// Runs the GPU part of the tests in Firefox: wgpu like Deno's, behind a browser's walls.
// usage: node scripts/firefox.mjs [REGEX of file paths]
import { firefox } from "./browsers.mjs";
import { elsewhere } from "./elsewhere.mjs";

await elsewhere({ name: "firefox", minutes: 120, ...firefox() });
