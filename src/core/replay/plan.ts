import type { Entry } from "../model/entry.js";
import type { Endpoint } from "../model/flow.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import { contacts, tag, topVia } from "../protocols/sip/index.js";
import type { SipMessage } from "../protocols/sip/types.js";
import { withImplied } from "./implied.js";
import type { Plan, PlanLink, Step } from "./types.js";
import { readUnit, summaryOf } from "./unit.js";

const text = ({ address, port }: Endpoint): string => `${address} ${port}`;

/**
 * Makes a plan from the entries of a capture: add each as it comes (its octets are copied), then `finish`.
 * The client is who sends the first SIP request; whoever it talks to is the server, and so on from connection to connection.
 */
export class Planner {
	readonly #side: "client" | "server";
	readonly #links = new Map<number, PlanLink>();
	readonly #clients = new Set<string>();
	readonly #servers = new Set<string>();
	/** endpoint in a Contact → announced by the client */
	readonly #contacts = new Map<string, boolean>();
	/** MSRP URI → announced by the client */
	readonly #paths = new Map<string, boolean>();
	/** by flow */
	readonly #handshakes = new Map<number, NonNullable<PlanLink["handshake"]>>();
	readonly #steps: Step[] = [];
	readonly #missing: string[] = [];
	#began: number | undefined;

	constructor(side: "client" | "server") {
		this.#side = side;
	}

	add(entry: Entry): void {
		if (entry.protocol !== "sip" && entry.protocol !== "msrp") {
			if (entry.protocol === "websocket" && entry.handshake !== undefined) this.#handshakes.set(entry.flow.id, entry.handshake);
			if (entry.protocol === "unparsed") this.#missing.push(`#${entry.number}: ${entry.length} octets that are no message: ${entry.text}`);
			return;
		}
		// The other side of a proxy and retransmissions: whoever plays makes its own.
		if (entry.links.repeats !== undefined) return;
		const view = entry.protocol === "sip" ? entry.sip : entry.msrp;
		const octets = Buffer.from(view.bytes.subarray(view.start, view.end));
		const unit = view.complete ? readUnit(entry.protocol, octets) : undefined;
		if (unit === undefined) {
			this.#missing.push(`#${entry.number}: the message is not whole in the capture`);
			return;
		}
		if (entry.protocol === "msrp" && this.#betweenServers(entry.msrp)) return;
		const byClient = this.#byClient(entry);
		this.#learnPaths(entry, byClient);
		if (entry.protocol === "sip") this.#learnContacts(entry.sip, byClient);
		const own = byClient === (this.#side === "client");
		const at = entry.at.sec * 1000 + entry.at.nsec / 1e6;
		this.#began ??= at;
		this.#steps.push({
			entry: entry.number,
			link: this.#link(entry, own),
			action: own ? "send" : "receive",
			unit,
			summary: summaryOf(unit),
			at: at - this.#began,
			optional: unit.protocol === "sip" && unit.sip.kind === "response" && unit.sip.status < 200,
		});
	}

	finish(): Plan {
		const missing = [...this.#missing, ...this.#begunBefore()];
		const steps = withImplied(this.#steps, missing);
		if (this.#steps.length > 0 && this.#steps.every(({ action }) => action === "receive"))
			missing.push(`the capture has nothing that the ${this.#side} sent`);
		return { side: this.#side, links: [...this.#links.values()], steps, missing };
	}

	/** Dialogs whose first request was not captured: a live peer does not know them. */
	#begunBefore(): string[] {
		const known = new Set<string>();
		const found: string[] = [];
		for (const { unit, entry, summary } of this.#steps) {
			if (unit.protocol !== "sip" || unit.sip.kind !== "request") continue;
			const call = unit.sip.get("call-id") ?? "";
			if (!known.has(call) && tag(unit.sip, "to") !== undefined)
				found.push(`#${entry}: ${summary} belongs to a dialog whose beginning is not in the capture`);
			known.add(call);
		}
		return found;
	}

	#byClient(entry: Entry): boolean {
		const from = text(entry.from);
		const to = text(entry.to);
		if (entry.protocol === "msrp") {
			// The nearest hop is first: a relay's, where the message comes through one (RFC 4976 §3).
			const mine = this.#paths.get(entry.msrp.fromPath[0] ?? "") ?? this.#paths.get(entry.msrp.fromPath.at(-1) ?? "");
			const other = this.#paths.get(entry.msrp.toPath.at(-1) ?? "");
			if (mine !== undefined) return mine;
			if (other !== undefined) return !other;
		}
		if (this.#clients.has(from) || this.#servers.has(to)) return this.#know(from, to, true);
		if (this.#clients.has(to) || this.#servers.has(from)) return this.#know(from, to, false);
		const told = entry.protocol === "sip" ? this.#told(entry.sip, to) : undefined;
		if (told !== undefined) return this.#know(from, to, told);
		const view = entry.protocol === "sip" ? entry.sip : entry.protocol === "msrp" ? entry.msrp : undefined;
		return this.#know(from, to, view?.kind === "request");
	}

	/** Whose a new connection is that a request goes over: told by who announced its end in Contact, and by who is named in Via. */
	#told(sip: SipMessage, to: string): boolean | undefined {
		const announced = this.#contacts.get(to);
		if (announced !== undefined) return !announced;
		const via = sip.kind === "request" ? topVia(sip) : undefined;
		if (via === undefined) return undefined;
		const sender = text({ address: via.host, port: via.port ?? 5060 });
		return this.#contacts.get(sender) ?? (this.#clients.has(sender) ? true : this.#servers.has(sender) ? false : undefined);
	}

	/** Where its sender takes requests, as far as it says so by address. */
	#learnContacts(sip: SipMessage, byClient: boolean): void {
		if (sip.kind === "response" && sip.method === "REGISTER") return;
		for (const { uri } of contacts(sip)) {
			const place = text({ address: uri.host, port: uri.port ?? (uri.scheme === "sips" ? 5061 : 5060) });
			// A proxy passes on what the other side announced.
			if (!this.#contacts.has(place)) this.#contacts.set(place, byClient);
		}
	}

	#know(from: string, to: string, byClient: boolean): boolean {
		this.#clients.add(byClient ? from : to);
		this.#servers.add(byClient ? to : from);
		return byClient;
	}

	/** A relay that is the server on both sides speaks to itself: neither side of the plan does that. */
	#betweenServers({ fromPath, toPath }: MsrpFrame): boolean {
		return this.#paths.get(fromPath[0] ?? "") === false && this.#paths.get(toPath[0] ?? "") === false;
	}

	#learnPaths(entry: Entry, byClient: boolean): void {
		if (entry.protocol === "msrp") {
			// RFC 4976 §5.1: what the relay gives its client to be reached by.
			for (const uri of entry.msrp.get("use-path")?.split(/\s+/) ?? []) this.#paths.set(uri, byClient);
		}
		if (entry.protocol !== "sip" || entry.sdp === undefined) return;
		for (const { msrp } of entry.sdp.media) for (const uri of msrp?.path.slice(-1) ?? []) this.#paths.set(uri, byClient);
	}

	#link(entry: Entry, own: boolean): PlanLink {
		let link = this.#links.get(entry.flow.id);
		if (link === undefined) {
			const [mine, peer] = own ? [entry.from, entry.to] : [entry.to, entry.from];
			const ownOpens = text(entry.flow.a) === text(mine);
			link = { id: entry.flow.id, protocol: entry.protocol as "sip" | "msrp", over: entry.over, own: mine, peer, ownOpens };
			const handshake = this.#handshakes.get(entry.flow.id);
			if (handshake !== undefined) link.handshake = { path: handshake.path, origin: handshake.origin, offered: handshake.offered };
			this.#links.set(entry.flow.id, link);
		}
		return link;
	}
}
