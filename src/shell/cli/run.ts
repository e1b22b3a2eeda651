import type { Entry } from "../../core/model/entry.js";
import type { CaptureInfo } from "../../core/model/packet.js";
import type { Problem } from "../../core/model/problem.js";
import type { ClassifyRequest } from "./classify-options.js";

export interface AnalyzeRequest {
	/** key log files with TLS secrets */
	keyLogs: readonly string[];
	/** keep reading when the end of the file is reached */
	follow: boolean;
	/** stop reading soon; what was read so far is finished and reported */
	signal: AbortSignal;
	/** classify messages, with these facts; absent: do not classify */
	classify?: ClassifyRequest;
}

/** What the commands want to be told while a capture is analysed. Entries and their octets are lent for the call. */
export interface AnalyzeListener {
	/** the first packet's time, before any entry: the zero of relative times; without it the first entry gives the zero */
	start(at: { sec: number; nsec: number }): void;
	entry(entry: Entry): void;
	late(entryNumber: number, problem: Problem): void;
	/** after each portion of input: octets of the file read so far, and its size where it has one */
	progress(read: number, total: number | undefined): void;
	/** true: enough, stop reading */
	done(): boolean;
	/** between portions of input: a promise to await when the output is behind */
	blocked(): Promise<void> | undefined;
}

/** `analyzeCapture` of the shell, as far as the commands need it. Rejects with CaptureError. */
export type AnalyzeRun = (path: string, request: AnalyzeRequest, listener: AnalyzeListener) => Promise<{ info: CaptureInfo }>;
