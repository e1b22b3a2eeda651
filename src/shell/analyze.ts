import { readFileSync } from "node:fs";
import type { Entry } from "../core/model/entry.js";
import type { Limits } from "../core/model/limits.js";
import { DEFAULT_LIMITS } from "../core/model/limits.js";
import type { CaptureInfo } from "../core/model/packet.js";
import type { Problem } from "../core/model/problem.js";
import { Pipeline, type PipelineOptions } from "../core/pipeline/pipeline.js";
import { createKeyLog } from "../core/protocols/tls/index.js";
import { openCapture } from "./capture/open-capture.js";
import { collectSecrets } from "./capture/secrets.js";

export interface AnalyzeOptions {
	/** NSS key log files with TLS secrets */
	keyLogs?: readonly string[];
	limits?: Partial<Limits>;
	/** classify messages, with facts given by hand */
	classify?: PipelineOptions["classify"];
	/** go on as the file grows */
	follow?: boolean;
	/** ends the run early; what was read so far counts */
	signal?: AbortSignal;
	/** what "-" reads from; default: standard input */
	stdin?: NodeJS.ReadableStream;
}

export interface AnalyzeHandlers {
	/** the capture is open: its format and interfaces are known, more may be learned while it is read */
	open?(info: CaptureInfo, pipeline: Pipeline): void;
	/** time of the first packet, before any entry */
	start?(at: { sec: number; nsec: number }): void;
	entry(entry: Entry): void;
	late?(entryNumber: number, problem: Problem): void;
	progress?(bytesRead: number, totalBytes: number | undefined): void;
	/** return true to stop reading */
	done?(): boolean;
	/** between blocks of input: a promise to wait for when the output is behind */
	blocked?(): Promise<void> | undefined;
}

/**
 * Runs a capture through the pipeline, from a file, FIFO, growing file or standard input ("-").
 * Answers what was learned of the capture; `info.damaged` tells whether reading stopped early.
 *
 * @throws CaptureError when the capture cannot be opened or is none
 */
export async function analyzeCapture(
	path: string,
	options: AnalyzeOptions,
	handlers: AnalyzeHandlers,
): Promise<{ info: CaptureInfo; pipeline: Pipeline }> {
	const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
	const keyLog = createKeyLog();
	for (const file of options.keyLogs ?? []) keyLog.add(readFileSync(file, "utf8"));
	const reader = await openCapture(path, {
		limits,
		...(options.follow === undefined ? {} : { follow: options.follow }),
		...(options.signal === undefined ? {} : { signal: options.signal }),
		...(options.stdin === undefined ? {} : { stdin: options.stdin as import("node:stream").Readable }),
	});
	const { info } = reader;
	const pipeline = new Pipeline({
		limits,
		keyLog,
		interfaces: info.interfaces,
		...(options.classify === undefined ? {} : { classify: options.classify }),
		onEntry: (entry) => handlers.entry(entry),
		onLate: (number, problem) => handlers.late?.(number, problem),
	});
	handlers.open?.(info, pipeline);
	// Only pcapng can bring secrets along; without any to come, TLS is told at once that it stays closed.
	const ahead = info.format === "pcapng" && path !== "-" && options.follow !== true ? collectSecrets(path, limits.pcapngBlock) : undefined;
	for (const text of ahead ?? []) keyLog.add(text);
	if (info.format !== "pcapng" || ahead !== undefined) keyLog.complete();
	let secrets = 0;
	let first = true;
	for await (const batch of reader.batches((read, total) => handlers.progress?.(read, total))) {
		for (const packet of batch) {
			if (ahead === undefined) while (secrets < info.keyLogs.length) keyLog.add(info.keyLogs[secrets++]!);
			if (first) handlers.start?.(packet);
			first = false;
			pipeline.packet(packet);
			if (handlers.done?.() === true) break;
		}
		await handlers.blocked?.();
		if (handlers.done?.() === true) break;
	}
	reader.close();
	keyLog.complete();
	pipeline.finish();
	return { info, pipeline };
}
