import { setImmediate } from "node:timers/promises";
import type { Endpoint } from "../../core/model/flow.js";
import { parseMsrpUri } from "../../core/protocols/uri/index.js";
import type { PlanLink } from "../../core/replay/types.js";
import { connect, isStream, type Link, type LinkOptions, type LinkServer, listen, type Place } from "../net/links/index.js";
import { messageCutter } from "./cutter.js";

export interface EndsOptions {
	/** SIP of the peer, for plans of the client's side */
	to?: Place;
	/** where the server's side listens for SIP */
	listen?: Place;
	link?: LinkOptions;
}

export interface EndsHandlers {
	/** One whole message of the peer; gives the recorded connection that it came on in the capture, where it is known. */
	message(protocol: "sip" | "msrp", octets: Buffer): PlanLink | undefined;
	/** A live connection stands for a recorded one from now on. */
	bound(plan: PlanLink, link: Link): void;
}

/** The live connections of one run, and which recorded ones they stand for. */
export class Ends {
	readonly #options: EndsOptions;
	readonly #handlers: EndsHandlers;
	readonly #servers: LinkServer[] = [];
	/** every connection that is open */
	readonly #all = new Set<Link>();
	readonly #links = new Map<PlanLink, Link>();

	constructor(options: EndsOptions, handlers: EndsHandlers) {
		this.#options = options;
		this.#handlers = handlers;
	}

	/** Takes MSRP connections; gives the address. Rejects with the error of the system. */
	async listenMedia(): Promise<Endpoint> {
		const { listen: place, to } = this.#options;
		const host = place?.host ?? (to?.host.includes(":") ? "::1" : "127.0.0.1");
		return (await this.#listen({ transport: "tcp", host, port: 0 }, "msrp")).address;
	}

	/** Takes SIP; gives the address. Rejects with the error of the system. */
	async listenSip(place: Place): Promise<Endpoint> {
		return (await this.#listen(place, "sip")).address;
	}

	/**
	 * The live connection for a recorded one: opened where there is none yet. `msrpUri`: the URI that is to be connected to, for MSRP.
	 * Rejects with what is in the way.
	 */
	async reach(plan: PlanLink, msrpUri: string | undefined): Promise<Link> {
		const known = this.#links.get(plan);
		if (known !== undefined) return known;
		const { to } = this.#options;
		if (plan.protocol === "sip" && to === undefined) {
			const other = [...this.#links].find(([one]) => one.protocol === "sip")?.[1];
			if (other === undefined) throw new Error("no client has connected yet");
			this.#bind(plan, other);
			return other;
		}
		const link = await connect(plan.protocol === "sip" ? to! : mediaPlace(msrpUri), this.#options.link ?? {});
		this.#adopt(link, plan.protocol, plan);
		return link;
	}

	async close(): Promise<void> {
		// A datagram that was sent just now has not left yet.
		await setImmediate();
		for (const link of this.#all) link.end();
		await Promise.all(this.#servers.map((server) => server.close()));
	}

	async #listen(place: Place, protocol: "sip" | "msrp"): Promise<LinkServer> {
		const server = await listen(place, this.#options.link ?? {}, (link) => this.#adopt(link, protocol, undefined));
		this.#servers.push(server);
		return server;
	}

	/** Octets of a connection become messages, messages steps; a connection that the peer opened is known by its first message. */
	#adopt(link: Link, protocol: "sip" | "msrp", known: PlanLink | undefined): void {
		this.#all.add(link);
		if (known !== undefined) this.#bind(known, link);
		const seen = new Set<string>();
		const take = (octets: Buffer): void => {
			if (link.transport === "udp") {
				// Retransmissions (RFC 3261 §17) say nothing new.
				const text = octets.toString("latin1");
				if (seen.has(text)) return;
				seen.add(text);
			}
			const plan = this.#handlers.message(protocol, octets);
			if (plan !== undefined) this.#bind(plan, link);
		};
		link.onData = isStream(link.transport) ? messageCutter(protocol, take) : take;
		link.onClose = () => {
			this.#all.delete(link);
			for (const [plan, open] of this.#links) if (open === link) this.#links.delete(plan);
		};
	}

	#bind(plan: PlanLink, link: Link): void {
		if (this.#links.get(plan) === link) return;
		this.#links.set(plan, link);
		this.#handlers.bound(plan, link);
	}
}

/** Where the peer said it takes MSRP (RFC 4975 §6). */
function mediaPlace(uri: string | undefined): Place {
	if (uri === undefined) throw new Error("it has no To-Path");
	const { host, port, scheme } = parseMsrpUri(uri);
	return { transport: scheme === "msrps" ? "tls" : "tcp", host: host.replace(/^\[|\]$/g, ""), port: port ?? 2855 };
}
