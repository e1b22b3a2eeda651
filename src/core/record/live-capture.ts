import { PcapngBlocks } from "../capture/write-pcapng.js";
import type { CloseHow, Direction, Flow } from "../model/flow.js";
import type { Moment } from "../model/time.js";
import { addressOctets, addressPair } from "./address.js";
import { exportedPdu } from "./exported-pdu.js";
import { udpPacket, type Way } from "./ip-packet.js";
import { interfaceDescription, interfaceName } from "./leg-name.js";
import { TcpConversation } from "./tcp-conversation.js";
import { messageFrame, upgrade } from "./web-socket.js";

export type RecordFormat = "pcapng" | "exported-pdu";

const LINK_TYPE: Readonly<Record<RecordFormat, number>> = { pcapng: 1, "exported-pdu": 252 };
/** options of the section header: hardware, operating system, application */
const USER_APPLICATION = 4;
const NANOSECONDS = 9;
/** Wireshark reads no longer packets */
const SNAP_LENGTH = 262_144;
/** room for the tags of an exported PDU */
const MOST_TAGS = 128;
/** flows remembered at once */
const MOST_FLOWS = 200_000;
const MOST_DATAGRAM = 65_535 - 20 - 8;
const NONE: readonly string[] = [];

/**
 * "head": later blocks cannot be read without it, and a further file (rotation) has to begin with all heads written so far, in
 * order. "secrets": once, and not to be left out. "packet": may be left out where there is no room.
 */
export type BlockKind = "head" | "secrets" | "packet";

export interface LiveCaptureOptions {
	/** Takes one whole block, which belongs to it from then on. */
	write(block: Buffer, kind: BlockKind): void;
	/**
	 * False where so many octets of a stream would be left out anyway: their packets, so many, are not made then, and the stream has a
	 * hole. Default: there is room.
	 */
	room?(octets: number, packets: number): boolean;
	format?: RecordFormat;
	/** names of addresses, for the name resolution block */
	names?: readonly (readonly [address: string, name: string])[];
	/** written into the section header: program and version */
	application?: string;
	/** first sequence numbers of a flow's two sides; default: counted up, so that each connection has its own */
	sequence?(flow: Flow): readonly [number, number];
}

/** What is known of one flow while it is open. */
interface Track {
	interfaceId: number;
	ways: readonly [Way, Way];
	tcp: TcpConversation | undefined;
	/** the made-up upgrade is written */
	upgraded: boolean;
}

/**
 * Turns octets of live flows into blocks of a pcapng file (draft-ietf-opsawg-pcapng). Format "pcapng" makes up Ethernet, IP and
 * TCP or UDP around them, with right checksums and sequence numbers; "exported-pdu" writes whole messages. Pure: blocks come out
 * of `write` in order, each as soon as it is known; memory is a few numbers a flow.
 */
export class LiveCapture {
	readonly format: RecordFormat;
	readonly #options: LiveCaptureOptions;
	readonly #blocks = new PcapngBlocks();
	/** interface by name and description, in order of their numbers */
	readonly #interfaces = new Map<string, number>();
	readonly #names = new Map<string, string>();
	readonly #tracks = new Map<Flow, Track>();
	#opened = 0;

	/** Writes the beginning of the file at once. */
	constructor(options: LiveCaptureOptions) {
		this.#options = options;
		this.format = options.format ?? "pcapng";
		const { application, names } = options;
		options.write(this.#blocks.section(application === undefined ? [] : [[USER_APPLICATION, application]]), "head");
		for (const [address, name] of names ?? []) this.name(address, name);
	}

	/** Flows that are open. */
	get open(): number {
		return this.#tracks.size;
	}

	/** A name of an address, for name resolution. */
	name(address: string, name: string): void {
		if (this.#names.get(address) === name) return;
		this.#names.set(address, name);
		const octets = addressOctets(address);
		if (octets !== undefined) this.#options.write(this.#blocks.names([[octets, name]]), "head");
	}

	/** Lines of a TLS key log. Only for whoever was asked to give secrets away. */
	secrets(keyLog: string): void {
		if (keyLog !== "") this.#options.write(this.#blocks.secrets(keyLog), "secrets");
	}

	/** A flow begins at `flow.began`; of one whose beginning was not seen no handshake is made up. */
	openFlow(flow: Flow): void {
		this.#track(flow);
	}

	/**
	 * Octets of one direction: the next ones of a stream, one datagram, or one WebSocket message (Flow.carrier).
	 * `comments` go to the packet with the last of them.
	 */
	data(flow: Flow, dir: Direction, octets: Uint8Array, at: Moment, comments: readonly string[] = NONE): void {
		if (this.format !== "pcapng") return;
		const track = this.#track(flow);
		const { tcp } = track;
		if (tcp === undefined) {
			const { interfaceId } = track;
			this.#packet(udpPacket(track.ways[dir], { interfaceId, at, comments }, octets.subarray(0, MOST_DATAGRAM)));
			return;
		}
		if (flow.carrier !== "ws" && flow.carrier !== "wss") {
			const packets = tcp.packets(dir, octets.length);
			if (packets > 0 && this.#options.room?.(octets.length, packets) === false) tcp.skip(dir, octets.length);
			else tcp.data(dir, octets, at, comments);
			return;
		}
		if (!track.upgraded) {
			track.upgraded = true;
			const { request, response } = upgrade(flow.b, octets);
			tcp.data(0, request, at, ["this upgrade is made up: the WebSocket connection ended at the proxy"]);
			tcp.data(1, response, at, NONE);
		}
		tcp.data(dir, messageFrame(dir, octets), at, comments);
	}

	/** `length` octets of a stream that are not to be had: a hole in the sequence numbers, or one octet where nobody knows. */
	gap(flow: Flow, dir: Direction, length: number): void {
		this.#tracks.get(flow)?.tcp?.skip(dir, Math.max(1, length));
	}

	/** A whole message, for format "exported-pdu". `length`: octets on the wire where not all were kept. */
	message(
		flow: Flow,
		dir: Direction,
		protocol: "sip" | "msrp",
		octets: Uint8Array,
		at: Moment,
		comments: readonly string[] = NONE,
		length: number = octets.length,
	): void {
		if (this.format !== "exported-pdu") return;
		const [from, to] = dir === 0 ? [flow.a, flow.b] : [flow.b, flow.a];
		const pdu = { protocol, transport: flow.transport, from, to, octets: octets.subarray(0, SNAP_LENGTH - MOST_TAGS), length };
		this.#packet(exportedPdu(pdu, { interfaceId: this.#interface(flow), at, comments }));
	}

	/** One direction (fin) or both (rst) are over; the other ways of ending leave no packet. */
	close(flow: Flow, dir: Direction, how: CloseHow, at: Moment): void {
		const track = this.#tracks.get(flow);
		if (track === undefined) return;
		if (how === "fin") track.tcp?.fin(dir, at);
		else if (how === "rst") track.tcp?.rst(dir, at);
		if (how !== "fin" || track.tcp?.over === true) this.#tracks.delete(flow);
	}

	#track(flow: Flow): Track {
		const known = this.#tracks.get(flow);
		if (known !== undefined) return known;
		const interfaceId = this.#interface(flow);
		const [a, b] = addressPair(flow.a.address, flow.b.address);
		const ways = [way(a, b, flow.a.port, flow.b.port, false), way(b, a, flow.b.port, flow.a.port, true)] as const;
		const track: Track = { interfaceId, ways, tcp: undefined, upgraded: false };
		this.#tracks.set(flow, track);
		// A flow that is forgotten and goes on is opened anew, which readers take for a new connection on the same ports.
		if (this.#tracks.size > MOST_FLOWS) this.#tracks.delete(this.#tracks.keys().next().value!);
		if (flow.transport === "tcp" && this.format === "pcapng") {
			const first = this.#options.sequence?.(flow) ?? this.#sequence();
			track.tcp = new TcpConversation(ways, first, interfaceId, (block) => this.#packet(block));
			if (!flow.midStream) track.tcp.open(flow.began, opening(flow));
		}
		return track;
	}

	/** Different for each connection, so that the reuse of a port is no retransmission. */
	#sequence(): readonly [number, number] {
		const count = ++this.#opened;
		return [(count * 0x9e37_79b1) >>> 0, (count * 0x85eb_ca77) >>> 0];
	}

	#interface(flow: Flow): number {
		const name = interfaceName(flow);
		const description = interfaceDescription(flow);
		const key = `${name}\n${description}`;
		const known = this.#interfaces.get(key);
		if (known !== undefined) return known;
		const about = { snapLength: SNAP_LENGTH, name, resolution: NANOSECONDS, ...(description === undefined ? {} : { description }) };
		const block = this.#blocks.interface(LINK_TYPE[this.format], about);
		const id = this.#interfaces.size;
		this.#interfaces.set(key, id);
		this.#options.write(block, "head");
		return id;
	}

	#packet(block: Buffer): void {
		this.#options.write(block, "packet");
	}
}

function way(source: Buffer, target: Buffer, sport: number, dport: number, back: boolean): Way {
	return { source, target, sport, dport, back, id: 0 };
}

/** What the first packet of a connection says about it. */
function opening({ leg, hop, carrier }: Flow): readonly string[] {
	const place = leg === undefined ? [] : [`${leg} leg${hop === undefined ? "" : ` of hop ${hop}`}`];
	switch (carrier) {
		case "tls":
			return [...place, "was TLS: what follows is the decrypted content"];
		case "wss":
			return [...place, "was WebSocket in TLS: what follows is the decrypted content"];
		default:
			return place;
	}
}
