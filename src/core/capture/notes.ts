import type { CaptureInfo } from "../model/packet.js";
import type { DiagnosticId } from "../model/problem.js";

/** Bounds of what a hostile file can make us remember beside its packets. */
const MAX_PROBLEMS = 1000;
const MAX_COMMENTS = 10_000;
const MAX_COMMENT_TEXT = 16 << 20;

export function emptyCaptureInfo(format: CaptureInfo["format"]): CaptureInfo {
	return {
		format,
		compressed: "no",
		interfaces: [],
		names: new Map(),
		keyLogs: [],
		comments: [],
		problems: [],
		damaged: false,
	};
}

/** Writes findings into a CaptureInfo, each kind once, bounded. */
export class CaptureNotes {
	readonly info: CaptureInfo;
	readonly #seen = new Set<string>();
	#commentText = 0;

	constructor(info: CaptureInfo) {
		this.info = info;
	}

	problem(id: DiagnosticId, offset: number, length: number, detail: string): void {
		if (this.info.problems.length < MAX_PROBLEMS) this.info.problems.push({ id, offset, length, detail });
	}

	/** Reports only the first of all findings with the same key. */
	once(key: string, id: DiagnosticId, offset: number, length: number, detail: string): void {
		if (this.#seen.has(key) || this.#seen.size >= MAX_PROBLEMS) return;
		this.#seen.add(key);
		this.problem(id, offset, length, detail);
	}

	/** Reading stops here. */
	fatal(id: DiagnosticId, offset: number, length: number, detail: string): void {
		this.info.problems.push({ id, offset, length, detail });
		this.info.damaged = true;
	}

	comment(text: string): void {
		if (this.info.comments.length >= MAX_COMMENTS || this.#commentText + text.length > MAX_COMMENT_TEXT) return;
		this.#commentText += text.length;
		this.info.comments.push(text);
	}
}
