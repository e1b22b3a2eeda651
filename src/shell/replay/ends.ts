import { X509Certificate } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Endpoint } from "../../core/model/flow.js";
import { carried } from "../../core/replay/carry.js";
import { MediaRoles } from "../../core/replay/media-roles.js";
import type { Plan, PlanLink, Step } from "../../core/replay/types.js";
import { withContentLength } from "../net/content-length.js";
import {
	connect,
	isSecure,
	isStream,
	isWebSocket,
	type Link,
	type LinkOptions,
	type LinkServer,
	listen,
	type Place,
	placeText,
	type TlsIdentity,
} from "../net/links/index.js";
import { LONGEST_DATAGRAM } from "../net/udp-channel.js";
import { messageCutter } from "./cutter.js";
import { clientListenPlaces, mediaListenPlace, mediaPlace, type Places, withRecordedPath } from "./places.js";
import { connectTrouble, ListenError } from "./trouble.js";
import { withTransactions } from "./udp-transactions.js";

export interface EndsOptions extends Places {
	/** what the played side trusts and shows where it connects */
	tls?: TlsIdentity;
	/** certificate and key where the played side is connected to, for that host; needed for tls, wss and msrps */
	identity?: (host: string) => Promise<TlsIdentity>;
	/** WebSocket sub-protocols; default: what the capture has, else sip and msrp */
	subprotocols?: readonly string[];
	/** Origin of WebSocket clients; default: what the capture has */
	origin?: string;
	/** sends the octets as they were */
	raw?: boolean;
	/** what stands between a connection and the played side */
	between?: (link: Link, side: "client" | "server") => Link;
	/** milliseconds to wait for the next message of the peer, and for a connection */
	timeout: number;
}

export interface EndsHandlers {
	/** One whole message of the peer; gives the step of the capture that it stands for, where there is one. */
	message(protocol: "sip" | "msrp", octets: Buffer, link: Link): Step | undefined;
	/** The last that is done to a message before it goes out. */
	leaving(protocol: "sip" | "msrp", octets: Buffer): Buffer;
	/** A message goes out as it is. */
	left(octets: Buffer, link: Link): void;
	/** A live connection stands for a recorded one from now on. */
	bound(plan: PlanLink, link: Link): void;
}

/** The live connections of one run, and which recorded ones they stand for. */
export class Ends {
	readonly #plan: Plan;
	readonly #options: EndsOptions;
	readonly #handlers: EndsHandlers;
	readonly #roles = new MediaRoles();
	readonly #servers: LinkServer[] = [];
	/** every connection that is open */
	readonly #all = new Set<Link>();
	readonly #links = new Map<PlanLink, Link>();
	/** MSRP connections of the peer that have not said yet what they are for */
	readonly #waiting = new Set<Link>();
	readonly #arrivals = new Set<() => void>();
	/** what our MSRP shows on both sides of a connection, with its a=fingerprint (RFC 4975 §14.4) */
	#shown: TlsIdentity | undefined;
	#fingerprint: string | undefined;
	#trouble: string | undefined;

	constructor(plan: Plan, options: EndsOptions, handlers: EndsHandlers) {
		this.#plan = plan;
		this.#options = options;
		this.#handlers = handlers;
	}

	/** What went wrong with connections and may be why a message does not come; undefined: nothing. */
	get trouble(): string | undefined {
		return this.#trouble;
	}

	/** Takes MSRP connections; gives the address. Rejects with ListenError. */
	async listenMedia(): Promise<Endpoint> {
		const place = await mediaListenPlace(this.#options, this.#plan);
		const secure = isSecure(place.transport);
		const { server, identity } = await this.#listen(place, "msrp");
		const cert = secure ? identity?.cert : undefined;
		if (cert !== undefined) {
			this.#shown = { cert, key: identity?.key };
			this.#fingerprint = `SHA-256 ${new X509Certificate(cert).fingerprint256}`;
		}
		return server.address;
	}

	/** Takes SIP where the recorded client did; gives what stands for what. Rejects with ListenError. */
	async listenAsClient(): Promise<{ recorded: Endpoint; live: Endpoint }[]> {
		const places = await clientListenPlaces(this.#options, this.#plan);
		return Promise.all(places.map(async ({ recorded, place }) => ({ recorded, live: await this.listenSip(place) })));
	}

	/** Takes SIP; gives the address. Rejects with ListenError. */
	async listenSip(place: Place): Promise<Endpoint> {
		return (await this.#listen(place, "sip")).server.address;
	}

	/**
	 * The live connection for a recorded one: opened, or waited for, where there is none yet. `msrpUri`: the URI that is to be connected to,
	 * for MSRP. Rejects with what is in the way, in words.
	 */
	async reach(plan: PlanLink, msrpUri: string | undefined): Promise<Link> {
		const known = this.#links.get(plan);
		if (known !== undefined) return known;
		const { to } = this.#options;
		if (plan.protocol === "sip") {
			if (to !== undefined) return this.#connect(withRecordedPath(to, plan), plan, undefined);
			const other = this.#sameClient(plan);
			if (other === undefined) throw new Error("no client has connected yet");
			this.#bind(plan, other);
			return other;
		}
		if (msrpUri !== undefined && this.opensMedia(msrpUri) === false) {
			const link = await this.#arrival();
			if (this.#links.get(plan) === undefined) this.#bind(plan, link);
			return this.#links.get(plan)!;
		}
		return this.#connect(withRecordedPath(mediaPlace(this.#options, msrpUri), plan), plan, msrpUri);
	}

	/** Whether we open the connection of the session that a live MSRP URI belongs to; undefined: the descriptions do not tell. */
	opensMedia(msrpUri: string): boolean | undefined {
		return this.#options.raw === true ? undefined : this.#roles.opens(msrpUri);
	}

	/** A recorded connection has a live one. */
	has(plan: PlanLink): boolean {
		return this.#links.has(plan);
	}

	/** Sends a message on a live connection, as that connection needs it. Throws where it cannot carry it. */
	send(plan: PlanLink, link: Link, octets: Buffer): void {
		let out = octets;
		if (plan.protocol === "sip" && this.#options.raw !== true) {
			out = carried(octets, {
				over: link.transport,
				own: link.local,
				peer: link.remote,
				recorded: plan.over,
				fingerprint: this.#fingerprint,
				setup: this.#setup(octets),
			});
			if (isStream(link.transport)) out = withContentLength(out);
			this.#roles.said(out, true);
		}
		if (this.#options.raw !== true) out = this.#handlers.leaving(plan.protocol, out);
		if (link.transport === "udp" && out.length > LONGEST_DATAGRAM)
			throw new Error(`its ${out.length} octets are more than a datagram holds; play it over tcp`);
		this.#handlers.left(out, link);
		link.send(out);
	}

	async close(): Promise<void> {
		// A datagram that was sent just now has not left yet.
		await setImmediate();
		for (const link of this.#all) link.end();
		await Promise.all(this.#servers.map((server) => server.close()));
	}

	/** Who is reached over a WebSocket of its own is always the one that opens it (RFC 7977 §5). */
	#setup(octets: Buffer): "active" | "passive" | undefined {
		const { msrpTo } = this.#options;
		return msrpTo !== undefined && isWebSocket(msrpTo.transport) ? "active" : this.#roles.answerSetup(octets);
	}

	async #connect(place: Place, plan: PlanLink, msrpUri: string | undefined): Promise<Link> {
		const { tls, origin = plan.handshake?.origin, timeout } = this.#options;
		const subprotocols = this.#options.subprotocols ?? plan.handshake?.offered ?? [plan.protocol];
		const fingerprint = msrpUri === undefined ? undefined : this.#roles.fingerprint(msrpUri);
		const options: LinkOptions = {
			tls: { ...(plan.protocol === "msrp" ? this.#shown : undefined), ...tls, fingerprint },
			subprotocols,
			origin,
			timeout,
		};
		try {
			const link = await connect(place, options, undefined, (other) => this.#adopt(other, plan.protocol, undefined));
			return this.#adopt(link, plan.protocol, plan);
		} catch (error) {
			throw new Error(connectTrouble(place, error));
		}
	}

	async #listen(place: Place, protocol: "sip" | "msrp"): Promise<{ server: LinkServer; identity: TlsIdentity | undefined }> {
		const identity = isSecure(place.transport) ? await this.#options.identity?.(place.host) : undefined;
		if (isSecure(place.transport) && identity === undefined) throw new ListenError(place, new Error("there is no certificate for TLS"));
		const options: LinkOptions = {
			tls: identity,
			subprotocols: this.#options.subprotocols ?? (protocol === "sip" ? ["sip", "msrp"] : ["msrp"]),
			onRefused: (why) => {
				this.#trouble = `${placeText(place)} turned a client away: ${why}`;
			},
		};
		try {
			const server = await listen(place, options, (link) => {
				const spoken = link.subprotocol === "msrp" ? "msrp" : protocol;
				this.#adopt(link, spoken, undefined);
			});
			this.#servers.push(server);
			return { server, identity };
		} catch (error) {
			throw new ListenError(place, error);
		}
	}

	/** Octets of a connection become messages, messages steps; a connection that the peer opened is known by its first message. */
	#adopt(bare: Link, protocol: "sip" | "msrp", known: PlanLink | undefined): Link {
		const repeated = bare.transport === "udp" && protocol === "sip" ? withTransactions(bare) : bare;
		const link = this.#options.between?.(repeated, this.#plan.side) ?? repeated;
		this.#all.add(link);
		if (known !== undefined) this.#bind(known, link);
		else if (protocol === "msrp") {
			this.#waiting.add(link);
			for (const tell of this.#arrivals) tell();
		}
		const take = (octets: Buffer): void => {
			const step = this.#handlers.message(protocol, octets, link);
			if (protocol === "sip") this.#roles.said(octets, false, step?.unit.octets);
			if (step !== undefined) this.#bind(step.link, link);
		};
		if (isStream(link.transport)) link.onData = messageCutter(protocol, take, (answer) => link.send(answer));
		else link.onData = isWebSocket(link.transport) ? withoutKeepAlives(link, take) : take;
		link.onClose = () => {
			this.#all.delete(link);
			this.#waiting.delete(link);
			for (const [plan, open] of this.#links) {
				if (open !== link) continue;
				this.#links.delete(plan);
				this.#trouble = `the peer closed the connection ${link.transport} port ${link.local.port} to ${link.remote.port}`;
			}
		};
		return link;
	}

	/** The connection of the client that took the recorded one at its Contact (RFC 5626 §5.3: it is reused), else of any client. */
	#sameClient({ peer }: PlanLink): Link | undefined {
		const contact = `${peer.address.includes(":") ? `[${peer.address}]` : peer.address}:${peer.port}`;
		const here = ({ unit, action }: Step): boolean =>
			action === "receive" && unit.protocol === "sip" && (unit.sip.get("contact")?.includes(contact) ?? false);
		const links = [...this.#links].filter(([{ protocol }]) => protocol === "sip");
		const step = this.#plan.steps.find((one) => here(one) && this.#links.has(one.link));
		return (step === undefined ? undefined : this.#links.get(step.link)) ?? links[0]?.[1];
	}

	#bind(plan: PlanLink, link: Link): void {
		this.#waiting.delete(link);
		if (this.#links.get(plan) === link) return;
		this.#links.set(plan, link);
		this.#handlers.bound(plan, link);
	}

	/** The next MSRP connection that the peer opens and that nobody has used yet. */
	#arrival(): Promise<Link> {
		const { timeout } = this.#options;
		return new Promise((resolve, reject) => {
			const look = (): void => {
				const [link] = this.#waiting;
				if (link === undefined) return;
				clearTimeout(timer);
				this.#arrivals.delete(look);
				resolve(link);
			};
			const timer = setTimeout(() => {
				this.#arrivals.delete(look);
				reject(new Error(`the peer is to open the MSRP connection (a=setup), and has not within ${timeout / 1000} s`));
			}, timeout);
			this.#arrivals.add(look);
			look();
		});
	}
}

/** RFC 7118 §6, RFC 5626 §3.5.1: an empty message keeps a connection alive; two lines ask for one. */
function withoutKeepAlives(link: Link, take: (octets: Buffer) => void): (octets: Buffer) => void {
	return (octets) => {
		if (octets.length > 4 || !/^(?:\r\n)+$/.test(octets.toString("latin1"))) take(octets);
		else if (octets.length === 4) link.send(Buffer.from("\r\n"));
	};
}
