import { createHash } from "node:crypto";
import type { Direction } from "../model/flow.js";
import { findSdp } from "../protocols/find-sdp.js";
import type { Sdp, SdpMedia } from "../protocols/sdp/types.js";
import type { SipMessage } from "../protocols/sip/index.js";
import type { Action, MsrpUnit, RelayConnection, RelayProtocol, RelayStage, SipUnit } from "../relay/stage.js";
import { FifoMap } from "../session/bounded.js";
import { type Anchor, Calls } from "./calls.js";
import { fingerprintsOf } from "./fingerprints.js";
import { RelayHop } from "./relay-hop.js";
import { type AnchoredMedia, sdpEdits } from "./sdp-edits.js";
import type { AnchorMode, AnchorPorts } from "./types.js";
import { targetOf, UriMap, withAuthority } from "./uris.js";

/** Ports that are known to be ours, also of calls that are over while their connections go on. */
const MOST = 20_000;
/** By convention the port of who connects itself (RFC 6135 §4.2). */
const DISCARD = 9;

/** Leads MSRP sessions through the tool: sees to offers and answers, and to the paths of the MSRP that then comes. */
export class AnchorStage implements RelayStage {
	readonly name = "anchor";
	readonly #mode: AnchorMode;
	readonly #calls: Calls;
	readonly #ports: AnchorPorts;
	readonly #uris = new UriMap();
	readonly #ours = new FifoMap<number, { mode: AnchorMode; relay: string }>(MOST);
	readonly #hops = new WeakMap<RelayConnection, RelayHop>();

	constructor(mode: AnchorMode, ports: AnchorPorts) {
		this.#mode = mode;
		this.#ports = ports;
		this.#calls = new Calls(ports);
	}

	/** listeners that are open or being opened */
	get open(): number {
		return this.#calls.open;
	}

	touches(connection: RelayConnection, _dir: Direction, protocol: RelayProtocol | undefined): boolean {
		return protocol !== "msrp" || this.#anchored(connection) !== undefined;
	}

	injects(connection: RelayConnection): boolean {
		return this.#anchored(connection)?.mode === "relay";
	}

	sip(unit: SipUnit): Action | undefined {
		const { connection, dir, sip, octets } = unit;
		const found = findSdp(sip, octets);
		const anchors = found === undefined ? [] : this.#anchors(connection, dir, sip, found.sdp);
		this.#calls.progress(sip);
		if (found === undefined || anchors.length === 0) return undefined;
		const waiting = anchors.filter(({ anchor: { port, refused } }) => port === undefined && refused === undefined);
		if (waiting.length === 0) return this.#action(connection, dir, found, anchors);
		const hold = connection.hold();
		let left = waiting.length;
		for (const { anchor } of waiting) {
			anchor.waiting.push(() => {
				if (--left === 0) hold.release(this.#action(connection, dir, found, anchors));
			});
		}
		return { hold };
	}

	msrp(unit: MsrpUnit): Action | undefined {
		const ours = this.#anchored(unit.connection);
		if (ours === undefined) return undefined;
		if (ours.mode !== "relay") {
			const edits = this.#uris.edits(unit.msrp, unit.octets);
			return edits.length === 0 ? undefined : { edits };
		}
		let hop = this.#hops.get(unit.connection);
		if (hop === undefined) {
			hop = new RelayHop();
			this.#hops.set(unit.connection, hop);
		}
		return hop.take(unit, (uri) => this.#isOurs(uri));
	}

	advance(connection: RelayConnection): void {
		this.#hops.get(connection)?.advance(connection);
	}

	wakeAt(connection: RelayConnection) {
		return this.#hops.get(connection)?.wakeAt;
	}

	#anchored({ client }: RelayConnection): { mode: AnchorMode; relay: string } | undefined {
		return client.transport === "tcp" ? this.#ours.get(client.b.port) : undefined;
	}

	#isOurs(uri: string): boolean {
		const port = targetOf(uri)?.port;
		return port !== undefined && this.#ours.get(port)?.relay === uri;
	}

	#anchors(connection: RelayConnection, dir: Direction, sip: SipMessage, sdp: Sdp): { media: SdpMedia; anchor: Anchor }[] {
		const found: { media: SdpMedia; anchor: Anchor }[] = [];
		for (const media of sdp.media) {
			const { msrp, index } = media;
			const uri = msrp?.path[0];
			if (msrp === undefined || uri === undefined) continue;
			if (media.port === 0) {
				this.#calls.removed(sip, index);
				continue;
			}
			if (this.#ports.owns?.(uri) === true) this.#calls.relay(sip, index);
			// A client of our relay is reached over its own connection, and reaches the other end over it.
			if (this.#calls.relayed(sip, index)) continue;
			const mode: AnchorMode = this.#mode === "cema" && !msrp.cema ? "path" : this.#mode;
			const own = mode === "cema" ? cemaTarget(media) : targetOf(uri);
			const secure = media.proto.toUpperCase() === "TCP/TLS/MSRP" || /^msrps:/i.test(uri);
			const fingerprints = secure ? fingerprintsOf(sdp, media) : [];
			if (secure) this.#announce(connection, dir, sip, index, fingerprints);
			// Whoever connects itself is connected to by nobody.
			const connects = msrp.setup === "active" || media.port === DISCARD;
			if (own === undefined || (connects && fingerprints.length === 0)) continue;
			// The address that the other end can reach: ours on the leg that the message goes out on.
			const host = dir === 0 ? connection.server.a.address : connection.client.b.address;
			const target = connects ? undefined : { host: own.host, port: own.port };
			const request = { name: `anchor ${uri}`, host, secure, announced: fingerprints.length > 0, target };
			found.push({ media, anchor: this.#calls.anchor(sip, index, uri, mode, request) });
		}
		return found;
	}

	#announce(connection: RelayConnection, dir: Direction, sip: SipMessage, index: number, fingerprints: readonly string[]): void {
		for (const wrong of this.#calls.announce(sip, index, fingerprints)) connection.report(dir, "anchor.fingerprint-mismatch", wrong);
	}

	#action(
		connection: RelayConnection,
		dir: Direction,
		{ sdp, start }: { sdp: Sdp; start: number },
		anchors: readonly { media: SdpMedia; anchor: Anchor }[],
	): Action {
		const anchored: AnchoredMedia[] = [];
		for (const { media, anchor } of anchors) {
			const { port, refused, uri, mode } = anchor;
			if (port === undefined) {
				connection.report(dir, "anchor.no-port", `${uri} stays as it is: ${refused ?? "the listener was closed"}`);
				continue;
			}
			if (anchor.request.target === undefined) {
				anchored.push({ media, mode: "certificate", port, relay: "" });
				continue;
			}
			const relay = relayUri(uri, port);
			this.#ours.set(port.port, { mode, relay });
			if (mode === "path") this.#uris.add(uri, withAuthority(uri, port.host, port.port));
			anchored.push({ media, mode, port, relay });
		}
		return { edits: sdpEdits(sdp, anchored, start) };
	}
}

/** Where a description with a=msrp-cema wants to be connected to (RFC 6714 §4.1). */
function cemaTarget({ connection, port }: SdpMedia): { host: string; port: number } | undefined {
	return connection === undefined ? undefined : { host: connection.address, port };
}

/** The URI of the relay for that end: the same for the same listener, and telling nothing of the session id behind it. */
function relayUri(uri: string, { host, port }: { host: string; port: number }): string {
	const id = createHash("sha256").update(`${uri} ${port}`).digest("hex").slice(0, 20);
	const scheme = /^msrps:/i.test(uri) ? "msrps" : "msrp";
	return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}/${id};tcp`;
}
