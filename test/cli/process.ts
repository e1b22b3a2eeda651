import { type Readable, Writable } from "node:stream";
import type { Entry } from "../../src/core/model/entry.js";
import type { CaptureInfo } from "../../src/core/model/packet.js";
import type { Problem } from "../../src/core/model/problem.js";
import { run } from "../../src/shell/cli/cli.js";
import type { Io } from "../../src/shell/cli/io.js";
import type { AnalyzeListener, AnalyzeRequest } from "../../src/shell/cli/run.js";
import { createRecording } from "../../src/shell/proxy/recording.js";

export class Sink extends Writable {
	text = "";
	writes = 0;
	isTTY = false;
	columns: number | undefined;

	override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
		this.text += chunk.toString("utf8");
		this.writes++;
		done();
	}
}

export function captureInfo(change: Partial<CaptureInfo> = {}): CaptureInfo {
	return {
		format: "pcap",
		compressed: "no",
		interfaces: [],
		names: new Map(),
		keyLogs: [],
		comments: [],
		problems: [],
		damaged: false,
		...change,
	};
}

export interface World {
	entries?: Entry[];
	late?: [number, Problem][];
	info?: Partial<CaptureInfo>;
	/** called with the request and listener instead of handing out `entries` */
	analyze?: Io["analyze"];
	stdout?: Sink;
	stderr?: Sink;
	env?: Record<string, string>;
	stdinIsTTY?: boolean;
	/** standard input, for questions */
	input?: Readable;
	signal?: AbortSignal;
	now?: () => number;
	/** files that the command can read, by path */
	files?: Record<string, string>;
}

export interface Result {
	code: number;
	out: string;
	err: string;
	/** what the command asked the analysis for */
	asked: { path: string; request: AnalyzeRequest } | undefined;
	/** files that it wrote */
	written: Map<string, string>;
}

/** Runs a command line in this process against a made-up analysis. */
export async function mitmsrp(argv: string[], world: World = {}): Promise<Result> {
	const stdout = world.stdout ?? new Sink();
	const stderr = world.stderr ?? new Sink();
	let asked: Result["asked"];
	const written = new Map<string, string>();
	const analyze: Io["analyze"] = async (path, request, listener: AnalyzeListener) => {
		asked = { path, request };
		if (world.analyze) return world.analyze(path, request, listener);
		for (const entry of world.entries ?? []) {
			if (listener.done()) break;
			listener.entry(entry);
		}
		for (const [number, problem] of world.late ?? []) listener.late(number, problem);
		listener.progress(100, 100);
		await listener.blocked();
		return { info: captureInfo(world.info) };
	};
	const code = await run(argv, {
		stdout: stdout as unknown as Io["stdout"],
		stderr: stderr as unknown as Io["stderr"],
		stdinIsTTY: world.stdinIsTTY ?? false,
		...(world.input === undefined ? {} : { input: () => world.input! }),
		env: world.env ?? {},
		signal: world.signal ?? new AbortController().signal,
		now: world.now ?? (() => 0),
		analyze,
		record: createRecording,
		readFile: async (path) => {
			const text = world.files?.[path];
			if (text === undefined) throw Object.assign(new Error("open"), { code: "ENOENT", path });
			return text;
		},
		writeFile: async (path, text) => {
			if (path.includes("/")) throw Object.assign(new Error("open"), { code: "ENOENT", path });
			written.set(path, text);
		},
	});
	return { code, out: stdout.text, err: stderr.text, asked, written };
}
