// Whole files: written all or not at all, unpacked within bounds, complaints in one line.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { cacheFolder } from "../../scripts/cacheFolder.mjs";
import {
  makeFolders,
  readFileUnpacked,
  requireFolder,
  requireWritable,
  sweepTemporaries,
  writeFileAtomic,
  writeNamed,
  writeTogether,
} from "../../src/node/files";
import { temporaryFolder } from "./temporary";

const folder = temporaryFolder();

test("writeFileAtomic makes and replaces a file and leaves nothing else", () => {
  const inner = join(folder, "atomic");
  mkdirSync(inner);
  writeFileAtomic(join(inner, "a"), "first");
  writeFileAtomic(join(inner, "a"), Uint8Array.of(1, 2));
  assert.equal([...readFileSync(join(inner, "a"))], [1, 2]);
  assert.equal(readdirSync(inner), ["a"]);
});

test("writeFileAtomic that fails keeps the old content, cleans up and says why", () => {
  const inner = join(folder, "failing");
  mkdirSync(join(inner, "taken", "x"), { recursive: true });
  assert.throws(
    () => writeFileAtomic(join(inner, "taken"), "text"),
    /taken: a folder or a device, expected a file\.$/,
  );
  assert.equal(readdirSync(inner), ["taken"]);
  assert.throws(() => writeFileAtomic(join(folder, "no", "a"), "text"), /can't be written \(ENOENT\)/);
});

test("a link that a person named stays one: what it leads to is written, also where nothing is there yet", () => {
  const inner = join(folder, "links");
  mkdirSync(join(inner, "real", "deep"), { recursive: true });
  symlinkSync(join("real", "deep"), join(inner, "there"));
  writeFileSync(join(inner, "real", "a"), "old");
  symlinkSync(join("..", "a"), join(inner, "there", "full"));
  symlinkSync(join("..", "b"), join(inner, "there", "empty"));
  symlinkSync("empty", join(inner, "there", "chain"));
  for (const [link, target] of [
    ["full", "a"],
    ["empty", "b"],
    ["chain", "b"],
  ]) {
    const path = join(inner, "there", link);
    requireWritable(path);
    writeNamed(path, link);
    assert.ok(lstatSync(path).isSymbolicLink());
    assert.is(readFileSync(join(inner, "real", target), "utf8"), link);
  }
  assert.equal(readdirSync(join(inner, "real")).sort(), ["a", "b", "deep"]);
  assert.equal(readdirSync(join(inner, "real", "deep")).sort(), ["chain", "empty", "full"]);
  symlinkSync("two", join(inner, "one"));
  symlinkSync("one", join(inner, "two"));
  for (const write of [requireWritable, (path: string) => writeNamed(path, "x")])
    assert.throws(() => write(join(inner, "one")), /one: links that lead in a circle\.$/);
});

test("a run's own file replaces a link, so that what is linked together stays the other's", () => {
  const inner = join(folder, "farm");
  mkdirSync(inner);
  writeFileSync(join(inner, "original"), "old");
  symlinkSync("original", join(inner, "copy"));
  writeFileAtomic(join(inner, "copy"), "new");
  assert.equal(
    ["original", "copy"].map((name) => readFileSync(join(inner, name), "utf8")),
    ["old", "new"],
  );
});

test("a file that is replaced keeps its mode", () => {
  const path = join(folder, "mode");
  writeFileSync(path, "old");
  chmodSync(path, 0o640);
  writeNamed(path, "new");
  assert.is(statSync(path).mode & 0o777, 0o640);
});

test("what is neither file nor folder is not replaced by a file", () => {
  const pipe = join(folder, "pipe");
  if (spawnSync("mkfifo", [pipe]).status !== 0) return;
  for (const path of [pipe, "/dev/null"]) {
    assert.throws(() => requireWritable(path), /: a device or a pipe, expected the name of a file\.$/);
    assert.throws(() => writeFileAtomic(path, "text"), /: a folder or a device, expected a file\.$/);
    assert.not(lstatSync(path).isFile());
  }
});

test("files that belong together are all replaced or none", () => {
  const inner = join(folder, "together");
  mkdirSync(join(inner, "taken", "x"), { recursive: true });
  const [a, b] = [join(inner, "a"), join(inner, "b")];
  const both = (text: string) => [a, b].map((path) => [path, text] as const);
  writeTogether(both("old"));
  assert.throws(
    () => writeTogether([...both("new"), [join(inner, "no", "c"), "new"]]),
    /c: can't be written \(ENOENT\)/,
  );
  assert.equal(
    [a, b].map((path) => readFileSync(path, "utf8")),
    ["old", "old"],
  );
  assert.equal(readdirSync(inner).sort(), ["a", "b", "taken"]);
  writeTogether(both("new"));
  assert.equal(
    [a, b].map((path) => readFileSync(path, "utf8")),
    ["new", "new"],
  );
});

test("sweepTemporaries removes old temporaries only", () => {
  const inner = join(folder, "sweep");
  mkdirSync(inner);
  const [old, fresh, other] = [".a.1.monge-tmp", ".b.2.monge-tmp", "c"].map((name) => join(inner, name));
  for (const path of [old, fresh, other]) writeFileSync(path, "x");
  utimesSync(old, 0, 0);
  utimesSync(other, 0, 0);
  sweepTemporaries(inner);
  assert.equal([existsSync(old), existsSync(fresh), existsSync(other)], [false, true, true]);
});

test("readFileUnpacked reads plain and gzipped bytes", () => {
  const [plain, packed] = [join(folder, "plain"), join(folder, "packed.gz")];
  writeFileSync(plain, "hello");
  writeFileSync(packed, gzipSync("hello"));
  for (const path of [plain, packed])
    assert.is(new TextDecoder().decode(readFileUnpacked(path, 100)), "hello");
});

test("readFileUnpacked stops at its bound, also for what unpacks beyond it", () => {
  const [plain, bomb] = [join(folder, "large"), join(folder, "bomb.gz")];
  writeFileSync(plain, Buffer.alloc(2_000_001));
  writeFileSync(bomb, gzipSync(Buffer.alloc(50_000_000)));
  for (const path of [plain, bomb])
    assert.throws(() => readFileUnpacked(path, 2_000_000), /larger than 2 MB/);
});

test("readFileUnpacked says what is wrong with a missing, a damaged file and a folder", () => {
  const cut = join(folder, "cut.gz");
  writeFileSync(cut, gzipSync("hello hello hello").subarray(0, 20));
  assert.throws(() => readFileUnpacked(cut, 100), /cut\.gz: damaged gzip file \(Z_BUF_ERROR\)/);
  assert.throws(() => readFileUnpacked(join(folder, "none"), 100), /none: no such file or folder\./);
  assert.throws(() => readFileUnpacked(folder, 1e6), /a folder, expected a file/);
});

test("requireFolder tells what is there", () => {
  requireFolder(folder, "--data");
  assert.throws(
    () => requireFolder(join(folder, "none"), "--data"),
    /^--data .*none: no such file or folder/,
  );
  writeFileSync(join(folder, "file"), "");
  assert.throws(() => requireFolder(join(folder, "file"), "--data"), /a file, expected a folder/);
});

test("the cache folder is where XDG_CACHE_HOME says, in the home folder, or without a home in a temporary folder", () => {
  const home = () => "/home/me";
  const none = () => {
    throw new Error("uv_os_homedir returned ENOENT");
  };
  const own = join(tmpdir(), `monge-${process.getuid!()}`);
  assert.is(cacheFolder({ XDG_CACHE_HOME: folder }, none), join(folder, "monge"));
  assert.is(cacheFolder({ XDG_CACHE_HOME: "relative" }, home), join("/home/me", ".cache", "monge"));
  assert.is(cacheFolder({}, home), join("/home/me", ".cache", "monge"));
  assert.is(cacheFolder({}, none), own);
  assert.is(
    cacheFolder({}, () => ""),
    own,
    "never the current folder",
  );
});

test("folders are made one in the other, and one that can't be made is told of, where Node would try for ever", () => {
  const base = temporaryFolder();
  const path = join(base, "a", "b");
  assert.is(makeFolders(path), join(base, "a"));
  assert.ok(existsSync(path));
  assert.is(makeFolders(path), undefined);
  writeFileSync(join(base, "file"), "");
  assert.throws(() => makeFolders(join(base, "file", "inside")), /file: a file, expected a folder\.$/);
  symlinkSync("nowhere", join(base, "link"));
  for (const inside of ["", "inside"])
    assert.throws(
      () => makeFolders(join(base, "link", inside)),
      /link: a file, or a link that leads nowhere; /,
    );
  if (existsSync("/proc/self"))
    assert.throws(
      () => makeFolders("/proc/x/y"),
      /^\/proc\/x: can't be made, \/proc takes no new folders\.$/,
    );
});

test.run();
