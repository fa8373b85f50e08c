// The command lines of profile, ladder and walk: what is read, and the one line for everything else.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  ladderHelp,
  parseLadderOptions,
  parseProfileOptions,
  parseWalkOptions,
  profileHelp,
  walkHelp,
} from "../../src/node/toolOptions";
import { complaint } from "./complaint";

test("profile reads every option", () => {
  const words = "--preset small --batch 8 --json=a.json --trace b.json --wall-clock --adapter a";
  assert.equal(parseProfileOptions(words.split(" ")), {
    ...{ preset: "small", batch: 8, json: "a.json", trace: "b.json" },
    ...{ wallClock: true, adapter: "a", help: false },
  });
  assert.is(parseProfileOptions([]).wallClock, false);
});

test("ladder reads every option and has defaults", () => {
  assert.equal(parseLadderOptions("--size 256 --batch 64 --rounds 3 --markdown --adapter a".split(" ")), {
    ...{ size: 256, batch: 64, rounds: 3, markdown: true, adapter: "a", help: false },
  });
  assert.equal(parseLadderOptions([]), {
    ...{ size: 1024, batch: 16, rounds: 5, markdown: false, adapter: undefined, help: false },
  });
});

test("walk reads every option and has defaults", () => {
  const given = { preset: "wgan", markdown: true, adapter: "a", help: false };
  assert.equal(parseWalkOptions("--preset wgan --markdown --adapter a".split(" ")), given);
  const none = { preset: undefined, markdown: false, adapter: undefined, help: true };
  assert.equal(parseWalkOptions(["--help"]), none);
  assert.match(walkHelp, /npm run walk/);
});

test("what is off gets one line, with the nearest name as a hint", () => {
  assert.is(
    complaint(parseProfileOptions, "--preset tiny"),
    '--preset "tiny": expected one of tutorial, wgan, kpandey, wgan-gp, small, toy.',
  );
  assert.is(
    complaint(parseProfileOptions, "--wall-clok"),
    "unknown option --wall-clok. Did you mean --wall-clock?",
  );
  assert.is(complaint(parseProfileOptions, "--wall-clock=yes"), "--wall-clock takes no value.");
  assert.is(
    complaint(parseProfileOptions, "--json --trace x"),
    "--json needs a value. See npm run profile -- --help.",
  );
  assert.is(complaint(parseLadderOptions, "--size 100"), '--size "100": expected a multiple of 64.');
  assert.is(
    complaint(parseLadderOptions, "--size 8192"),
    '--size "8192": expected a whole number from 64 to 4096.',
  );
  assert.is(complaint(parseLadderOptions, "--markdown --markdown"), "--markdown is given twice.");
});

test("the help texts name every option", () => {
  for (const name of ["preset", "batch", "json", "trace", "wall-clock", "help"])
    assert.match(profileHelp, `--${name}`);
  for (const name of ["size", "batch", "rounds", "markdown", "help"]) assert.match(ladderHelp, `--${name}`);
});

test.run();
