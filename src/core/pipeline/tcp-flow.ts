import type { EventEntry } from "../model/entry.js";
import type { CloseHow, Direction, Flow, FlowSink } from "../model/flow.js";
import type { DiagnosticId, Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { looksLikeTls, TlsDecoder } from "../protocols/tls/index.js";
import type { TlsFacts } from "../protocols/tls/types.js";
import { AppStream } from "./app-stream.js";
import { copyNow, entryBase, type PipelineContext } from "./context.js";

/** One TCP connection: TLS or not, then whatever is spoken inside. */
export class TcpFlow implements FlowSink {
	readonly #context: PipelineContext;
	readonly #flow: Flow;
	#tls: TlsDecoder | undefined;
	#app: AppStream | undefined;
	#at: Moment = NEVER;
	/** TLS facts already shown, as one string */
	#shown = "";
	#failed = false;

	constructor(context: PipelineContext, flow: Flow) {
		this.#context = context;
		this.#flow = flow;
	}

	data(dir: Direction, buf: Buffer, start: number, end: number, at: Moment): void {
		if (this.#failed) return;
		this.#at = at;
		if (this.#tls === undefined && this.#app === undefined) this.#begin(buf, start, end);
		if (this.#tls !== undefined) this.#tls.feed(dir, buf, start, end);
		else this.#app!.feed(dir, buf, start, end, at);
	}

	gap(dir: Direction, length: number, at: Moment): void {
		this.#at = at;
		if (this.#tls !== undefined) this.#tls.gap(dir, length);
		else this.#app?.gap(dir, length, at);
	}

	close(dir: Direction, how: CloseHow, at: Moment): void {
		this.#at = at;
		const both = how !== "fin";
		if (this.#tls !== undefined) {
			this.#tls.end(dir);
			if (both) this.#tls.end(other(dir));
		}
		this.#app?.close(dir, how, at);
		if (both) this.#app?.close(other(dir), how, at);
	}

	problem(dir: Direction, id: DiagnosticId, detail: string, at: Moment): void {
		this.#app ??= this.#tls === undefined ? new AppStream(this.#context, this.#flow, this.#flow.carrier === "tls") : undefined;
		this.#app?.transportProblem(dir, id, detail, at);
	}

	interested(dir: Direction): boolean {
		if (this.#failed) return false;
		if (this.#tls !== undefined) return this.#tls.interested;
		return this.#app === undefined || this.#app.interested(dir);
	}

	#begin(buf: Buffer, start: number, end: number): void {
		const secure = this.#flow.carrier === "tls";
		if (this.#flow.protocolHint === undefined && !secure && looksLikeTls(buf, start, end) === "yes") this.#startTls();
		else this.#app = new AppStream(this.#context, this.#flow, secure);
	}

	#startTls(): void {
		this.#app = undefined;
		const app = new AppStream(this.#context, this.#flow, true);
		this.#tls = new TlsDecoder(
			this.#context.keyLog,
			{
				facts: (facts) => this.#facts(facts),
				data: (dir, buf, start, end) => {
					this.#app ??= app;
					app.feed(dir, buf, start, end, this.#at);
				},
				gap: (dir) => app.gap(dir, 0, this.#at),
				closed: (dir) => app.close(dir, "fin", this.#at),
				problem: (dir, problem) => this.#event(dir, problem.detail ?? "", [problem]),
			},
			this.#context.limits,
		);
	}

	#facts(facts: TlsFacts): void {
		// Shown once when it is clear what will come of it: content, or the reason why there is none.
		if (facts.reason === undefined && facts.cipherSuite === undefined) return;
		const text = describeTls(facts);
		if (text === this.#shown) return;
		this.#shown = text;
		this.#event(0, text, [], facts);
	}

	#event(dir: Direction, text: string, problems: Problem[], tls?: TlsFacts): void {
		const base = entryBase(this.#flow, dir, "tls", this.#at, copyNow(this.#at), 0, 0, problems);
		const entry: EventEntry = { ...base, protocol: "tls", text };
		if (tls !== undefined) entry.tls = tls;
		this.#context.emit(entry);
	}
}

const NEVER: Moment = { sec: 0, nsec: 0, packet: 0 };

function other(dir: Direction): Direction {
	return dir === 0 ? 1 : 0;
}

/** One line about a TLS connection. */
function describeTls(facts: TlsFacts): string {
	const parts = [facts.version ?? "TLS"];
	if (facts.cipherSuite !== undefined) parts.push(facts.cipherSuite);
	if (facts.serverName !== undefined) parts.push(`server name ${facts.serverName}`);
	const alpn = facts.alpnChosen ?? facts.alpnOffered.join(" ");
	if (alpn !== "") parts.push(`ALPN ${alpn}`);
	return facts.reason === undefined ? parts.join(", ") : `${parts.join(", ")}: ${facts.reason}`;
}
