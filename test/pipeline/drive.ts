import { type Entry, type Flow, type FlowSink, type Moment, Pipeline, type PipelineOptions } from "../../src/index.js";

/** A pipeline that keeps what comes out of it, and connections to feed it with. */
export class Drive {
	readonly entries: Entry[] = [];
	readonly late: { entry: number; id: string }[] = [];
	readonly pipeline: Pipeline;
	#flows = 0;
	/** seconds of capture time; moves with every feed */
	now = 1000;

	/** `told` is given each entry as it comes, before later octets change what it refers to */
	constructor(options: Partial<PipelineOptions> = {}, told: (entry: Entry) => void = () => {}) {
		this.pipeline = new Pipeline({
			...options,
			onEntry: (entry) => {
				if (entry.protocol === "sip") entry.sip.retain();
				if (entry.protocol === "msrp") entry.msrp.retain();
				this.entries.push(entry);
				told(entry);
			},
			onLate: (entry, problem) => this.late.push({ entry, id: problem.id }),
		});
	}

	connect(from: string, to: string, more: Partial<Flow> = {}): Connection {
		const split = (text: string) => ({
			address: text.slice(0, text.lastIndexOf(":")),
			port: Number(text.slice(text.lastIndexOf(":") + 1)),
		});
		const flow: Flow = {
			id: ++this.#flows,
			transport: "tcp",
			a: split(from),
			b: split(to),
			openerKnown: true,
			midStream: false,
			tunnels: [],
			began: this.at(),
			...more,
		};
		return new Connection(this, this.pipeline.openFlow(flow));
	}

	at(): Moment {
		this.now += 0.01;
		return { sec: Math.floor(this.now), nsec: Math.round((this.now % 1) * 1e9), packet: 0 };
	}

	ids(): string[] {
		return this.entries.flatMap((entry) => entry.problems.map((problem) => problem.id));
	}
}

export class Connection {
	constructor(
		readonly drive: Drive,
		readonly sink: FlowSink,
	) {}

	/** from the opener (a) or to it (b) */
	send(side: "a" | "b", data: string | Buffer): this {
		const buf = typeof data === "string" ? Buffer.from(data) : data;
		this.sink.data(side === "a" ? 0 : 1, buf, 0, buf.length, this.drive.at());
		return this;
	}

	close(side: "a" | "b", how: "fin" | "rst" | "end-of-capture" = "fin"): this {
		this.sink.close(side === "a" ? 0 : 1, how, this.drive.at());
		return this;
	}
}

export function msrpSend(id: string, to: string, from: string, body: string, type = "text/plain"): string {
	const size = Buffer.byteLength(body);
	return `MSRP ${id} SEND\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: m-${id}\r\nByte-Range: 1-${size}/${size}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n-------${id}$\r\n`;
}

export function sip(start: string, headers: Record<string, string>, body = "", type = "application/sdp"): string {
	const rows = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
	return `${start}\r\n${rows.join("")}${body === "" ? "" : `Content-Type: ${type}\r\n`}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
