// Writes docs/api.md, and says which exports and public methods lack a docstring. usage: npm run api
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api } from "./readApi.mjs";
import { fail, root } from "./shell.mjs";

const { markdown, missing } = api();
if (missing.length > 0) fail(`api: no docstring: ${missing.join(", ")}.`);
writeFileSync(join(root, "docs/api.md"), markdown);
