import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Endpoint } from "../../core/model/flow.js";
import { parseMsrpUri } from "../../core/protocols/uri/index.js";
import { Conversation, type Report } from "../../core/replay/conversation.js";
import type { Plan, PlanLink, Step } from "../../core/replay/types.js";
import { connect, isStream, type Link, type LinkOptions, type LinkServer, listen, type Place } from "../net/links/index.js";
import { messageCutter } from "./cutter.js";

export interface ReplayOptions {
	/** SIP of the peer, for plans of the client's side */
	to?: Place;
	/** where the server's side listens for SIP */
	listen?: Place;
	/** sends the octets as they were */
	raw?: boolean;
	/** text that stands for other text in everything that is sent */
	replacements?: readonly (readonly [string, string])[];
	/** milliseconds to wait for the next message of the peer */
	timeout: number;
	/** a server waits this long for its first message; default: as long as for any other */
	firstTimeout?: number;
	signal?: AbortSignal;
	link?: LinkOptions;
	/** SIP is listened for, at this address */
	onListening?(address: Endpoint): void;
}

/** Plays one side of a recorded conversation once; the report tells what came of it. Rejects when an address cannot be listened at. */
export async function replay(plan: Plan, options: ReplayOptions): Promise<Report> {
	const player = new Player(plan, options);
	try {
		await player.open();
		return await player.play();
	} finally {
		await player.close();
	}
}

class Player {
	readonly #plan: Plan;
	readonly #options: ReplayOptions;
	readonly #servers: LinkServer[] = [];
	/** every connection that is open */
	readonly #all = new Set<Link>();
	readonly #links = new Map<PlanLink, Link>();
	#conversation!: Conversation;
	#wake: () => void = () => {};

	constructor(plan: Plan, options: ReplayOptions) {
		this.#plan = plan;
		this.#options = options;
	}

	async open(): Promise<void> {
		const { listen: place, to, raw, replacements } = this.#options;
		const host = place?.host ?? (to?.host.includes(":") ? "::1" : "127.0.0.1");
		const msrp = await this.#listen({ transport: "tcp", host, port: 0 }, "msrp");
		this.#conversation = new Conversation(this.#plan, {
			media: msrp.address,
			fresh: (length) => randomBytes(length).toString("hex").slice(0, length),
			...(raw === undefined ? {} : { raw }),
			...(replacements === undefined ? {} : { replacements }),
		});
		if (place !== undefined) this.#options.onListening?.((await this.#listen(place, "sip")).address);
	}

	async play(): Promise<Report> {
		const { signal, timeout, firstTimeout = timeout } = this.#options;
		const conversation = this.#conversation;
		let patience = firstTimeout;
		while (!conversation.done) {
			const step = conversation.next();
			if (step !== undefined) {
				await this.#send(step).catch((error: Error) =>
					conversation.stop(`#${step.entry} ${step.summary} cannot be sent: ${error.message}`),
				);
				continue;
			}
			if (signal?.aborted === true) conversation.stop("interrupted");
			else if (!(await this.#woken(patience, signal))) {
				const awaited = conversation.awaiting()!;
				conversation.stop(`waited ${patience / 1000} s for #${awaited.entry} ${awaited.summary}`);
			}
			patience = timeout;
		}
		return conversation.report();
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
			const step = this.#conversation.received(protocol, octets);
			if (step !== undefined) this.#bind(step.link, link);
			this.#wake();
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
		this.#conversation.bind(plan, link.local, link.remote);
	}

	async #send(step: Step): Promise<void> {
		const link = this.#links.get(step.link) ?? (await this.#open(step));
		const octets = this.#conversation.compose(step, link.local);
		this.#conversation.sent(step);
		link.send(octets);
	}

	async #open(step: Step): Promise<Link> {
		const { to } = this.#options;
		let place: Place | undefined;
		if (step.link.protocol === "sip") {
			if (to === undefined) {
				const other = [...this.#links].find(([plan]) => plan.protocol === "sip")?.[1];
				if (other === undefined) throw new Error("no client has connected yet");
				this.#bind(step.link, other);
				return other;
			}
			place = to;
		} else place = this.#mediaPlace(step);
		const link = await connect(place, this.#options.link ?? {});
		this.#adopt(link, step.link.protocol, step.link);
		return link;
	}

	/** Where the peer said it takes MSRP. */
	#mediaPlace(step: Step): Place {
		const recorded = step.unit.protocol === "msrp" ? step.unit.msrp.toPath[0] : undefined;
		if (recorded === undefined) throw new Error("it has no To-Path");
		const { host, port, scheme } = parseMsrpUri(this.#conversation.msrpUri(recorded));
		return { transport: scheme === "msrps" ? "tls" : "tcp", host: host.replace(/^\[|\]$/g, ""), port: port ?? 2855 };
	}

	#woken(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
		return new Promise((resolve) => {
			const end = (woken: boolean): void => {
				clearTimeout(timer);
				signal?.removeEventListener("abort", aborted);
				this.#wake = () => {};
				resolve(woken);
			};
			const aborted = (): void => end(true);
			const timer = setTimeout(() => end(false), milliseconds);
			signal?.addEventListener("abort", aborted, { once: true });
			this.#wake = () => end(true);
		});
	}
}
