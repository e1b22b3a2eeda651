import { escapeTerminal, escapeTerminalLines } from "../../core/export/escape.js";
import { CaptureError } from "../capture/capture-error.js";
import { RecordingError } from "../proxy/recording.js";
import type { Io } from "./io.js";
import { KnowledgeError } from "./knowledge-file.js";

export const CLEAN = 0;
export const DAMAGED = 1;
export const USAGE = 2;
export const INTERRUPTED = 130;

/** One sentence to standard error; gives the exit code. */
export function fail(io: Io, message: string, code: number = USAGE): number {
	io.stderr.write(`mitmsrp: ${escapeTerminal(message)}\n`);
	return code;
}

/** What made a run impossible, said so that the user can do something about it; anything unexpected is thrown on. */
export function failedRun(io: Io, error: unknown, options: { keylog?: string[]; knowledge?: string }): number {
	if (error instanceof CaptureError) return fail(io, error.message, error.code === "empty" || error.code === "read" ? DAMAGED : USAGE);
	if (error instanceof RecordingError) return fail(io, error.message);
	if (error instanceof KnowledgeError) {
		io.stderr.write(`${escapeTerminalLines(error.message)}\n`);
		return USAGE;
	}
	const { code, path } = error as NodeJS.ErrnoException;
	if (code !== undefined && path !== undefined && options.keylog?.includes(path)) {
		return fail(io, `${path}: the key log cannot be read (${code}); check its name and mode`);
	}
	if (code !== undefined && path !== undefined && options.knowledge === path) {
		return fail(io, `${path}: the knowledge file cannot be read (${code}); check its name and mode`);
	}
	throw error;
}
