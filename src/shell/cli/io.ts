import type { Readable, Writable } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import type { Recording, RecordingOptions } from "../proxy/recording.js";
import type { AnalyzeRun } from "./run.js";

/** Everything of the process that a command uses, so that tests can run one in their own process. */
export interface Io {
	stdout: Writable & { isTTY?: boolean; columns?: number };
	stderr: Writable & { isTTY?: boolean; columns?: number };
	/** standard input is a terminal: nobody pipes a capture in */
	stdinIsTTY: boolean;
	/** where answers to questions come from, a line each; absent where nobody is asked */
	input?(): Readable;
	/** what a user interface is drawn on and gets its keys from; absent where standard output is no terminal */
	terminal?(): { input: ReadStream; output: WriteStream };
	env: Readonly<Record<string, string | undefined>>;
	/** aborted when the user interrupts */
	signal: AbortSignal;
	/** calls `listener` whenever the user asks to read the configuration again (SIGHUP); absent where there is no such thing */
	onReload?(listener: () => void): void;
	/** milliseconds of a clock that only goes forward */
	now(): number;
	analyze: AnalyzeRun;
	/** a small text file, whole; rejects with the error of the file system */
	readFile(path: string): Promise<string>;
	/** begins a capture file; rejects with RecordingError */
	record(options: RecordingOptions): Promise<Recording>;
	/** replaces a file */
	writeFile(path: string, text: string): Promise<void>;
}
