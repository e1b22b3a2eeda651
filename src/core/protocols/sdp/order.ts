import type { Problem } from "../../model/problem.js";
import type { Sdp, SdpLine } from "./types.js";

/** Position of each type in its section (RFC 8866 §5); repeat and zone lines belong to the time line before them. */
const SESSION_RANK: Readonly<Record<string, number>> = {
	v: 0,
	o: 1,
	s: 2,
	i: 3,
	u: 4,
	e: 5,
	p: 6,
	c: 7,
	b: 8,
	t: 9,
	r: 9,
	z: 9,
	k: 10,
	a: 11,
};
const MEDIA_RANK: Readonly<Record<string, number>> = { m: 0, i: 1, c: 2, b: 3, k: 4, a: 5 };
const SESSION_ONCE = "vosiuck";
const MEDIA_ONCE = "ik";
const REQUIRED = ["v", "o", "s", "t"] as const;

/** Watches order and completeness of lines. A section is reported once, at its first line that is out of place. */
export class LineOrder {
	readonly #problems: Problem[];
	#rank = -1;
	#seen = "";
	#inMedia = false;
	#reported = false;
	#session = "";

	constructor(problems: Problem[]) {
		this.#problems = problems;
	}

	line(line: SdpLine): void {
		if (line.type === "m") {
			if (!this.#inMedia) this.#session = this.#seen;
			this.#inMedia = true;
			this.#rank = 0;
			this.#seen = "m";
			this.#reported = false;
			return;
		}
		const rank = (this.#inMedia ? MEDIA_RANK : SESSION_RANK)[line.type];
		if (rank === undefined) {
			this.#report(line, this.#inMedia && SESSION_RANK[line.type] !== undefined ? "belongs before the first m=" : "unknown type");
			return;
		}
		if (rank < this.#rank) this.#report(line, `${line.type}= too late`);
		else if (rank > this.#rank) this.#rank = rank;
		const repeated = this.#seen.includes(line.type);
		if (repeated && (this.#inMedia ? MEDIA_ONCE : SESSION_ONCE).includes(line.type)) this.#report(line, `second ${line.type}=`);
		if ((line.type === "r" || line.type === "z") && !this.#seen.includes("t")) this.#report(line, `${line.type}= before t=`);
		if (!repeated) this.#seen += line.type;
	}

	/** Reports what is absent. A rejected media (port 0) needs no connection. */
	end(sdp: Sdp): void {
		const session = this.#inMedia ? this.#session : this.#seen;
		for (const type of REQUIRED) {
			if (!session.includes(type)) this.#problems.push({ id: "sdp.missing-line", offset: 0, length: 0, detail: `no ${type}=` });
		}
		if (sdp.connection !== undefined) return;
		for (const { connection, port, line } of sdp.media) {
			if (connection !== undefined || port === 0) continue;
			this.#problems.push({ id: "sdp.missing-line", offset: line.start, length: line.end - line.start, detail: "no c= for this media" });
		}
	}

	#report(line: SdpLine, detail: string): void {
		if (this.#reported) return;
		this.#reported = true;
		this.#problems.push({ id: "sdp.line-order", offset: line.start, length: line.end - line.start, detail });
	}
}
