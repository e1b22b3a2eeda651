import type { SdpLine } from "../../protocols/sdp/types.js";
import { mapAddresses } from "../acts/address-map.js";
import { PORTS, packetFilter } from "../acts/skips.js";
import type { Draft } from "../draft.js";
import { addressType, sameHost } from "../endpoints.js";
import type { AlgProfile, ProfileBox } from "../profile.js";

const PARTS = ["Request-URI", "top Via", "Contact", "From", "To"] as const;
/** Media that get a pinhole; m=message is passed over. */
const MEDIA = new Set(["audio", "video", "image"]);

/** Linux nf_conntrack_sip and nf_nat_sip: one symmetric rule on the packet's own address and port. */
export const nfSip: AlgProfile = {
	name: "nf-sip",
	imitates: "Linux connection tracking and NAT helper: home routers, container hosts",
	source: "Linux nf_conntrack_sip.c and nf_nat_sip.c",
	parts: [...PARTS, "SDP o=", "SDP c=", "Content-Length"],
	symmetric: true,
	options: {
		ports: PORTS,
		strayAddress: {
			default: "none",
			choices: ["none", "0.0.0.0", "random"],
			text: "what old kernels write into o= and c= of an SDP that has only m=message",
		},
		idle: { default: 3600, text: "seconds without traffic after which the mapping is gone" },
	},
	skips: (message, box) => (message.octets.length < 11 ? "shorter than 11 octets" : packetFilter(message, box)),
	acts: [
		refuse,
		mapAddresses({
			requestOut: PARTS,
			responseIn: PARTS,
			requestIn: PARTS,
			responseOut: PARTS,
			match: "tuple",
			sipOnly: true,
			lowestPort: 1024,
		}),
		pinholes,
		mapSdp,
	],
};

/** What the helper cannot read it drops. */
function refuse(draft: Draft): void {
	const cseq = /^(\d+)/.exec(draft.sip.get("cseq") ?? "");
	if (cseq === null) draft.dropped = "no CSeq";
	else if (Number(cseq[1]) === 0) draft.dropped = "CSeq 0";
	else if (!draft.request && draft.sip.status === 0) draft.dropped = "the status code cannot be read";
}

/** From outside only what a mapping is there for comes in. */
function pinholes(draft: Draft, box: ProfileBox): void {
	if (draft.from === "inside") return;
	const inside = box.insideOf(draft);
	if (inside !== undefined && box.lastInside !== undefined && !box.flowLives(inside, draft)) {
		draft.dropped = `the mapping for ${inside.address}:${inside.port} is gone after ${box.number("idle")} s without traffic`;
	}
}

function mapSdp(draft: Draft, box: ProfileBox): void {
	if (draft.from !== "inside" || !carriesSdp(draft)) return;
	const body = draft.sdp();
	if (body === undefined) return;
	const inside = draft.message.source.address;
	let pinholed = false;
	for (const media of body.sdp.media) {
		if (!MEDIA.has(media.media) || media.port <= 0) continue;
		if (media.port < 1024) {
			draft.dropped = `m=${media.media} has port ${media.port}, below 1024`;
			return;
		}
		pinholed = true;
		const { connection } = media;
		if (connection !== undefined && connection.line.start > media.line.start && sameHost(connection.address, inside)) {
			writeAddress(draft, body.start, connection.line, box.outside.address, "SDP c=", "a pinhole was opened for this medium");
		}
	}
	const stray = strayAddress(box, pinholed, body.sdp.media.length > 0);
	const address = pinholed ? box.outside.address : stray;
	if (address === undefined) return;
	const why = pinholed ? "the media address" : "a variable that was never set";
	if (body.sdp.origin !== undefined) writeAddress(draft, body.start, body.sdp.origin.line, address, "SDP o=", why);
	if (body.sdp.connection !== undefined) writeAddress(draft, body.start, body.sdp.connection.line, address, "SDP c=", why);
}

function carriesSdp(draft: Draft): boolean {
	if (!["INVITE", "UPDATE", "PRACK", "ACK"].includes(draft.method)) return false;
	return draft.request || (draft.sip.status >= 100 && draft.sip.status < 300);
}

function strayAddress(box: ProfileBox, pinholed: boolean, media: boolean): string | undefined {
	const choice = box.text("strayAddress");
	if (pinholed || !media || choice === "none") return undefined;
	if (choice !== "random") return choice;
	return [0, 0, 0, 0].map(() => box.draw(256)).join(".");
}

/** The last two fields of an o= or c= line. */
function writeAddress(draft: Draft, base: number, line: SdpLine, address: string, part: string, why: string): void {
	const span = { start: base + line.valueStart, end: base + line.valueEnd };
	const fields = /(IP[46])( +)([^ ]+) *$/.exec(draft.slice(span));
	if (fields === null) return;
	const start = span.start + fields.index;
	draft.replace({ start, end: start + 3 }, addressType(address), part, why);
	const at = start + 3 + fields[2]!.length;
	draft.replace({ start: at, end: at + fields[3]!.length }, address, part, why);
}
