import { rm } from "node:fs/promises";
import { entryComments } from "../../core/export/comment.js";
import type { Entry } from "../../core/model/entry.js";
import type { Direction, Flow, OpenFlow } from "../../core/model/flow.js";
import { type BlockKind, LiveCapture, type LiveCaptureOptions, type RecordFormat } from "../../core/record/live-capture.js";
import { type EntryComments, MessageRecorder, Recorder } from "../../core/record/recorder.js";
import { type OpenTarget, openTarget, type RecordingTarget, rotatedName } from "./recording-file.js";

export interface RecordingOptions {
	file: string;
	/** default "pcapng" */
	format?: RecordFormat;
	/** a new file when the current one has this many octets or is this many seconds old; `keep`: how many files stay */
	rotate?: { octets?: number; seconds?: number; keep?: number };
	/** names of addresses */
	names?: LiveCaptureOptions["names"];
	/** program and version, for the file's header */
	application?: string;
	/** what stands at the packet of a message; default: number, class, divergences and findings */
	comments?: EntryComments;
	/** write key log lines that `secrets` is given; default false: they are dropped */
	secrets?: boolean;
	/** octets that may wait for the disk; packets that come then are left out and counted. Default 32 MiB */
	buffer?: number;
	/** the recording has failed and is over; traffic is not concerned. Told once, at most */
	onError?(error: RecordingError): void;
	/** opens files; default: the file system */
	open?: OpenTarget;
}

export interface RecordingSummary {
	/** in order of writing, those that were removed again left out */
	files: string[];
	packets: number;
	octets: number;
	/** packets left out because the disk was behind, or after an error */
	lost: number;
}

/** A recording that cannot be written: says where, why and what to do. */
export class RecordingError extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

const BUFFER = 32 << 20;
/** octets that are written without waiting for the timer */
const BATCH = 256 << 10;
/** octets of one write: its blocks are copied together */
const LARGEST_WRITE = 1 << 20;
/** milliseconds between writes at most: what a kill can lose */
const FLUSH = 500;

/**
 * Opens the file and writes its beginning.
 *
 *     const recording = await createRecording({ file: "chat.pcapng" });
 *     const proxy = createProxy({ hops, tap: (open) => recording.tap(open) });
 *     proxy.on("entry", (entry) => recording.entry(entry));
 *     …
 *     await recording.close();
 *
 * @throws RecordingError when the file cannot be created
 */
export async function createRecording(options: RecordingOptions): Promise<Recording> {
	const recording = new Recording(options);
	await recording.opened;
	return recording;
}

interface Waiting {
	block: Buffer;
	kind: BlockKind;
}

export class Recording {
	/** @internal rejects when the first file cannot be created */
	readonly opened: Promise<void>;
	readonly #options: RecordingOptions;
	readonly #capture: LiveCapture;
	readonly #recorder: Recorder;
	readonly #messages: MessageRecorder;
	readonly #limit: number;
	readonly #timer: NodeJS.Timeout;
	readonly #files: string[] = [];
	/** what every further file has to begin with */
	readonly #heads: Buffer[] = [];
	#target: RecordingTarget | undefined;
	#queue: Waiting[] = [];
	#queued = 0;
	/** octets being written now */
	#writing = 0;
	#work: Promise<void>;
	#working = true;
	#fileOctets = 0;
	#packetsInFile = 0;
	#fileSince = Date.now();
	#fileNumber = 0;
	#packets = 0;
	#octets = 0;
	#lost = 0;
	#failed = false;
	#drained: { promise: Promise<void>; resolve: () => void } | undefined;
	#closing: Promise<RecordingSummary> | undefined;

	constructor(options: RecordingOptions) {
		this.#options = options;
		this.#limit = options.buffer ?? BUFFER;
		const comments = options.comments ?? entryComments;
		this.#capture = new LiveCapture({
			write: (block, kind) => this.#take(block, kind),
			room: (octets, packets) => this.#room(octets, packets),
			...(options.format === undefined ? {} : { format: options.format }),
			...(options.names === undefined ? {} : { names: options.names }),
			...(options.application === undefined ? {} : { application: options.application }),
		});
		this.#recorder = new Recorder(this.#capture, comments);
		this.#messages = new MessageRecorder(this.#capture, comments);
		this.opened = this.#next();
		this.#work = this.opened.then(
			() => this.#write(),
			() => this.#stop(),
		);
		this.#timer = setInterval(() => this.#start(), FLUSH);
		this.#timer.unref();
	}

	/** Wraps `openFlow` of a pipeline: everything that its flows carry is recorded. */
	tap(open: OpenFlow): OpenFlow {
		return this.#recorder.tap(open);
	}

	/** An entry of the pipeline whose flows are tapped: gives the comments of its packet. */
	entry(entry: Entry): void {
		this.#recorder.entry(entry);
	}

	/** A message to be written by itself, where flows are not tapped: a selection of a capture. */
	message(entry: Entry): void {
		this.#messages.entry(entry);
	}

	/** A comment for the next packet of that direction. */
	note(flow: Flow, dir: Direction, text: string): void {
		this.#recorder.note(flow, dir, text);
	}

	/** Lines of a TLS key log; dropped unless the recording was asked to have secrets. */
	secrets(keyLog: string): void {
		if (this.#options.secrets === true) this.#capture.secrets(keyLog);
	}

	name(address: string, name: string): void {
		this.#capture.name(address, name);
	}

	/** Undefined while there is room; else a promise to wait for, for whoever can wait: nothing is lost then. */
	drained(): Promise<void> | undefined {
		if (this.#failed || this.#queued + this.#writing < this.#limit / 2) return undefined;
		if (this.#drained === undefined) {
			let resolve = (): void => {};
			const promise = new Promise<void>((done) => {
				resolve = done;
			});
			this.#drained = { promise, resolve };
		}
		return this.#drained.promise;
	}

	/** Packets left out so far. */
	get lost(): number {
		return this.#lost;
	}

	/** Writes what is waiting and closes the file. */
	close(): Promise<RecordingSummary> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<RecordingSummary> {
		clearInterval(this.#timer);
		await this.#work;
		this.#start();
		await this.#work;
		await this.#target?.close().catch((error: unknown) => this.#fail(error));
		this.#target = undefined;
		return { files: [...this.#files], packets: this.#packets, octets: this.#octets, lost: this.#lost };
	}

	#take(block: Buffer, kind: BlockKind): void {
		const full = this.#queued + this.#writing + block.length > this.#limit;
		if (this.#failed || this.#closing !== undefined || (full && kind === "packet")) {
			if (kind === "packet") this.#lost++;
			return;
		}
		this.#queue.push({ block, kind });
		this.#queued += block.length;
		if (kind === "packet") this.#packets++;
		if (this.#queued >= BATCH) this.#start();
	}

	/** Without it what is left out would be made first, and memory grow with the disk's delay. */
	#room(octets: number, packets: number): boolean {
		if (!this.#failed && this.#closing === undefined && this.#queued + this.#writing + octets <= this.#limit) return true;
		this.#lost += packets;
		return false;
	}

	#start(): void {
		if (this.#working || this.#failed || this.#target === undefined || this.#queue.length === 0) return;
		this.#work = this.#write();
	}

	/** Writes until nothing waits. Never rejects. */
	async #write(): Promise<void> {
		this.#working = true;
		try {
			while (this.#queue.length > 0 && !this.#failed) {
				if (this.#due()) await this.#next();
				const { blocks, octets, packets } = this.#batch();
				this.#writing = octets;
				await this.#target?.write(blocks);
				this.#fileOctets += octets;
				this.#packetsInFile += packets;
				this.#octets += octets;
				this.#writing = 0;
				if (this.#queued < this.#limit / 2) this.#release();
			}
		} catch (error) {
			this.#fail(error);
			// What the failing write left behind would be a damaged block.
			await this.#target?.truncate(this.#fileOctets).catch(() => {});
		} finally {
			this.#working = false;
			this.#writing = 0;
			if (this.#failed) this.#release();
		}
	}

	/** What goes into one write: everything that waits, less where the file would become too long. */
	#batch(): { blocks: Buffer[]; octets: number; packets: number } {
		const room = Math.min(LARGEST_WRITE, (this.#options.rotate?.octets ?? Number.POSITIVE_INFINITY) - this.#fileOctets);
		let count = 0;
		let octets = 0;
		let packets = 0;
		// At least one block, however small the limit is.
		while (count < this.#queue.length && (count === 0 || octets + this.#queue[count]!.block.length <= room)) {
			const { block, kind } = this.#queue[count++]!;
			octets += block.length;
			if (kind === "packet") packets++;
			if (kind === "head" && this.#options.rotate !== undefined) this.#heads.push(block);
		}
		const blocks = this.#queue.slice(0, count).map(({ block }) => block);
		this.#queue = this.#queue.slice(count);
		this.#queued -= octets;
		return { blocks, octets, packets };
	}

	/** The file is as long or as old as it may become. */
	#due(): boolean {
		const { octets, seconds } = this.#options.rotate ?? {};
		if (this.#packetsInFile === 0) return false;
		if (octets !== undefined && this.#fileOctets + this.#queue[0]!.block.length > octets) return true;
		return seconds !== undefined && Date.now() - this.#fileSince >= seconds * 1000;
	}

	/** Closes the file and begins the next one. */
	async #next(): Promise<void> {
		const { rotate, file } = this.#options;
		const previous = this.#target;
		this.#fileNumber++;
		const path = rotate === undefined ? file : rotatedName(file, this.#fileNumber);
		try {
			this.#target = await (this.#options.open ?? openTarget)(path);
			await previous?.close();
			this.#files.push(path);
			if (this.#heads.length > 0) await this.#target.write(this.#heads);
			while (rotate?.keep !== undefined && this.#files.length > Math.max(1, rotate.keep)) await rm(this.#files.shift()!, { force: true });
		} catch (error) {
			throw recordingError(path, error);
		}
		this.#fileOctets = this.#heads.reduce((sum, { length }) => sum + length, 0);
		this.#packetsInFile = 0;
		this.#fileSince = Date.now();
	}

	#fail(error: unknown): void {
		if (this.#failed) return;
		const failure = error instanceof RecordingError ? error : recordingError(this.#files.at(-1) ?? this.#options.file, error);
		this.#stop();
		this.#options.onError?.(failure);
	}

	#stop(): void {
		this.#failed = true;
		this.#working = false;
		this.#queue = [];
		this.#queued = 0;
		clearInterval(this.#timer);
		this.#release();
	}

	#release(): void {
		this.#drained?.resolve();
		this.#drained = undefined;
	}
}

const WHY: Readonly<Record<string, string>> = {
	ENOSPC: "the disk is full; free some space or record elsewhere",
	EDQUOT: "the quota is used up; free some space or record elsewhere",
	EFBIG: "the file has become too large for this file system; use rotation",
	ENOENT: "the folder does not exist",
	EACCES: "it may not be written; choose another place or mode",
	EPERM: "it may not be written; choose another place or mode",
	EROFS: "the file system is read-only",
	EISDIR: "it is a folder; give a file name",
	EMFILE: "too many files are open",
	EIO: "the disk reports an error",
};

function recordingError(path: string, error: unknown): RecordingError {
	const { code, message } = error as NodeJS.ErrnoException;
	return new RecordingError(code ?? "EUNKNOWN", `${path}: cannot record: ${WHY[code ?? ""] ?? message} (${code ?? "unknown error"})`);
}
