// Runs the tests on SwiftShader. usage: node scripts/swiftshader.mjs [REGEX of file paths]
import { fail, root, run } from "./shell.mjs";
import { swiftshader } from "./swiftshaderDriver.mjs";

try {
  const { env, adapter } = swiftshader();
  console.log(`SwiftShader: ${adapter.description}`);
  const passed = run(process.execPath, ["scripts/test.mjs", ...process.argv.slice(2)], { cwd: root, env });
  process.exit(passed ? 0 : 1);
} catch (error) {
  fail(error.message);
}
