import { statSync } from "node:fs";
import { basename } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { escapeTerminal, escapeTerminalLines } from "../../core/export/escape.js";
import { KeyFileError } from "../ui/keys/key-file.js";
import type { Tui } from "../ui/open-tui.js";
import { classifyRequest } from "./classify-options.js";
import { CLEAN, DAMAGED, fail, failedRun, USAGE } from "./fail.js";
import type { Io } from "./io.js";
import type { OpenFlags } from "./open-options.js";
import { tuiSettings } from "./tui-terminal.js";

/** A file that was written to this lately, in milliseconds, is likely to grow. */
const LATELY = 60_000;
/** Entries that may wait before the file is read on. */
const MOST_WAITING = 2_000;

/** Runs `mitmsrp open`; gives the exit code. */
export async function openCommand(file: string, flags: OpenFlags, io: Io): Promise<number> {
	if (file === "-" && io.stdinIsTTY) return fail(io, "give a capture file, or pipe one in (mitmsrp open --help)");
	if (io.terminal === undefined) return fail(io, "standard output is no terminal; mitmsrp analyze prints what a capture holds");
	const end = new AbortController();
	io.signal.addEventListener("abort", () => end.abort(), { once: true });
	let tui: Tui | undefined;
	try {
		const classify = await classifyRequest(flags, io.readFile);
		const settings = await tuiSettings(flags, io, classify);
		const { Tui } = await import("../ui/open-tui.js");
		const follow = flags.follow ?? (file !== "-" && growing(file));
		let damaged = false;
		const open = (): Tui => {
			tui ??= new Tui({
				...settings,
				title: escapeTerminal(file === "-" ? "standard input" : basename(file)),
				phase: follow ? "following" : "reading",
				store: { entries: flags.entries },
			});
			void tui.ended.then(() => end.abort());
			return tui;
		};
		const request = { follow, keyLogs: flags.keylog ?? [], signal: end.signal, classify };
		// Nothing is drawn before the capture is known to be one: what is wrong with it is said on the usual screen.
		const reading = io.analyze(file, request, {
			start: (at) => open().start(at),
			entry: (entry) => open().entry(entry),
			late: (number, problem) => open().late(number, problem),
			progress: (read, total) =>
				open().status({
					phase: follow || total === undefined ? "following" : `reading ${Math.floor((100 * read) / Math.max(1, total))} %`,
				}),
			done: () => end.signal.aborted,
			blocked: () => taken(open()),
		});
		const { info } = await reading;
		damaged = info.damaged;
		if (!end.signal.aborted) {
			open().status({ phase: "ended", ...(damaged ? { warning: "the capture is damaged; everything before the damage was read" } : {}) });
			await Promise.race([open().ended, aborted(end.signal)]);
		}
		tui?.close();
		return damaged ? DAMAGED : CLEAN;
	} catch (error) {
		tui?.close();
		if (error instanceof KeyFileError) {
			io.stderr.write(`${escapeTerminalLines(error.message)}\n`);
			return USAGE;
		}
		return failedRun(io, error, flags);
	}
}

/** The reader waits while there is much to look at, and always gives keys their turn. */
async function taken(tui: Tui): Promise<void> {
	do await nextTurn();
	while (tui.waiting > MOST_WAITING);
}

function growing(file: string): boolean {
	try {
		const stat = statSync(file);
		return stat.isFile() && Date.now() - stat.mtimeMs < LATELY;
	} catch {
		// Whoever opens it says why it cannot be.
		return false;
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener("abort", () => resolve(), { once: true });
	});
}
