// How the device is opened in Node: how much memory it may hold, and on which adapter.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { InputError } from "../../src/errors";
import { memoryBudget, openDevice } from "../../src/node/device";
import { requireAdapter } from "../../src/node/probe";
import { device } from "../device";

const GiB = 2 ** 30;

test("the budget is three quarters of the machine's memory, or of a container's where that is less", () => {
  for (const [constrained, expected] of [
    [undefined, 6],
    [0, 6],
    [18446744073709552000, 6], // what a group without a limit says
    [16 * GiB, 6],
    [4 * GiB, 3],
  ] as const) {
    assert.is(memoryBudget(8 * GiB, constrained), expected * GiB, String(constrained));
  }
});

test("of kernels that compute wrongly one line tells, and where a bad cache of the driver is explained", async () => {
  const { host } = await device();
  const { error } = console;
  const said: string[] = [];
  console.error = (line: string) => void said.push(line);
  try {
    host.warn!("the card computes wrongly, so other kernels run.");
  } finally {
    console.error = error;
  }
  assert.is(said.length, 1);
  assert.match(
    said[0],
    /^monge: the card computes wrongly, so other kernels run\. Its driver [^\n]* docs\/setup\.md$/,
  );
});

test("openDevice: a name that no adapter has, and another adapter than this process uses, are refused", async () => {
  await device();
  const said = async (adapter: string) => {
    const error = await openDevice({ adapter }).catch((error) => error);
    assert.instance(error, InputError);
    return error.message;
  };
  assert.match(
    await said("no such card"),
    /^adapter "no such card": none has that in its name\. There are: .+\.$/,
  );
  const { name } = requireAdapter(requireAdapter().device);
  assert.is(
    await said(name),
    `adapter "${name}": this process uses the default one already, and can't change.`,
  );
});

test.run();
