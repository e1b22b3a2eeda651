import type { Verdict } from "../classify/classifier.js";
import type { Carrier, EntryLinks, MsrpEntry, Payload, PlainHead } from "../model/entry.js";
import type { Direction, Endpoint, Flow } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import type { Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import type { CpimMessage } from "../protocols/cpim/types.js";
import type { MsrpFrame, MsrpMessage } from "../protocols/msrp/types.js";
import { type Content, cpimOctets, type Decoded, decodeContent } from "./content.js";
import { quickCpim } from "./quick-cpim.js";

/** The entry of one MSRP frame. What a plain content means is decoded when first asked for, while its octets are there. */
export class MsrpFrameEntry implements MsrpEntry {
	readonly protocol = "msrp";
	number = 0;
	readonly at: Moment;
	readonly began: Moment;
	readonly flow: Flow;
	readonly dir: Direction;
	readonly over: Carrier;
	readonly offset: number;
	readonly length: number;
	readonly problems: Problem[];
	readonly links: EntryLinks = {};
	readonly msrp: MsrpFrame;
	message: MsrpMessage | undefined = undefined;
	innerType: string | undefined = undefined;
	plain = false;
	head: PlainHead | undefined = undefined;
	verdict: Verdict | undefined = undefined;
	#content: Content | undefined;
	#decoded: Decoded | undefined;
	readonly #limits: Limits;

	constructor(flow: Flow, dir: Direction, over: Carrier, msrp: MsrpFrame, at: Moment, began: Moment, offset: number, limits: Limits) {
		this.flow = flow;
		this.dir = dir;
		this.over = over;
		this.msrp = msrp;
		this.at = { sec: at.sec, nsec: at.nsec, packet: at.packet };
		this.began = began;
		this.offset = offset;
		this.length = msrp.length;
		this.problems = msrp.problems ?? [];
		this.#limits = limits;
	}

	get from(): Endpoint {
		return this.dir === 0 ? this.flow.a : this.flow.b;
	}

	get to(): Endpoint {
		return this.dir === 0 ? this.flow.b : this.flow.a;
	}

	get cpim(): CpimMessage | undefined {
		return this.#decode()?.cpim;
	}

	get cpimBytes(): Buffer | undefined {
		return cpimOctets(this.#decode(), this.msrp);
	}

	get payload(): Payload | undefined {
		return this.#decode()?.payload;
	}

	/** The content is whole. Plain ones wait until somebody asks, the others are decoded now for their findings. */
	setContent(content: Content): void {
		this.#content = content;
		if (content.whole && content.disposition === undefined && content.type === "message/cpim") {
			this.head = quickCpim(content.buf, content.start, content.end, this.to.address);
			this.innerType = this.head?.type;
			this.plain = this.head !== undefined;
		} else this.plain = content.whole && content.type === "text/plain";
		if (!this.plain) {
			this.#decode();
			this.innerType = this.#decoded?.cpim?.contentType;
		}
	}

	#decode(): Decoded | undefined {
		if (this.#decoded === undefined && this.#content !== undefined) {
			const content = this.#content;
			if (content.frameOffset >= 0) {
				// The frame may have been retained since: its octets are where it says now.
				const { bytes, start } = this.msrp;
				const length = content.end - content.start;
				content.buf = bytes;
				content.start = start + content.frameOffset;
				content.end = content.start + length;
			}
			this.#decoded = decodeContent(content, this.to.address, this.#limits);
			if (!this.plain) for (const problem of this.#decoded.problems) this.problems.push(problem);
		}
		return this.#decoded;
	}
}
