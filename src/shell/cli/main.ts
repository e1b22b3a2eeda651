#!/usr/bin/env node
import { readFile, writeFile } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { analyzeCapture } from "../analyze.js";
import { createRecording } from "../proxy/recording.js";
import { run } from "./cli.js";
import { controllingTerminal } from "./controlling-terminal.js";

// Messages live for a moment and their garbage for long: without this the heap of a large capture grows to twice its need.
setFlagsFromString("--heap-growing-percent=60");

const interrupt = new AbortController();
// The first signal ends the work in order; a second one, when that takes too long, ends the process as usual.
process.once("SIGINT", () => interrupt.abort());
process.once("SIGTERM", () => interrupt.abort());
process.stderr.on("error", () => {});

const code = await run(process.argv.slice(2), {
	stdout: process.stdout,
	stderr: process.stderr,
	stdinIsTTY: process.stdin.isTTY === true,
	input: () => process.stdin,
	...(process.stdout.isTTY === true
		? { terminal: () => ({ input: process.stdin.isTTY === true ? process.stdin : controllingTerminal(), output: process.stdout }) }
		: {}),
	env: process.env,
	signal: interrupt.signal,
	onReload: (listener) => void process.on("SIGHUP", listener),
	now: () => performance.now(),
	analyze: analyzeCapture,
	record: createRecording,
	readFile: (path) => readFile(path, "utf8"),
	writeFile: (path, text) => writeFile(path, text),
});
// A FIFO or a terminal on standard input would keep the process alive; all output has been taken by now.
process.exit(code);
