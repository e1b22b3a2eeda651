import { addressName, addressUri, shortName } from "../fields/addresses.js";
import type { ConferenceInfo, MsrpEntry, Payload, SipEntry } from "../model/entry.js";
import type { CpimAddress } from "../protocols/cpim/types.js";
import type { Sdp, SdpMedia } from "../protocols/sdp/types.js";

const EXCERPT = 80;

/** "text/plain" of "Text/Plain; charset=utf-8". */
export function mediaType(contentType: string): string {
	const semicolon = contentType.indexOf(";");
	return (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

/** First characters of a text, with "…" when there is more; never cut inside a surrogate pair. */
export function excerpt(text: string, most: number = EXCERPT): string {
	if (text.length <= most) return text;
	const last = text.charCodeAt(most - 1);
	return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most)}…`;
}

/** Long identifiers keep both ends: many stacks put a common prefix first. */
export function shortId(id: string): string {
	return id.length <= 24 ? id : `${id.slice(0, 10)}…${id.slice(-10)}`;
}

/**
 * What a person or a client said with this entry: "alice → room: text/plain «Hello»", "alice is composing",
 * "IMDN delivered for Xy7". "" when there is no content that we understand. Not escaped.
 */
export function contentSummary(entry: SipEntry | MsrpEntry): string {
	const { cpim, payload } = entry;
	if (!cpim) return payload ? payloadSummary(payload, senderOf(entry), "") : "";
	const parties = `${names(cpim.from)} → ${names(cpim.to)}`;
	if (payload?.kind === "composing") return `${parties}: ${payloadSummary(payload, names(cpim.from), "")}`;
	if (payload) return `${parties}: ${payloadSummary(payload, "", cpim.contentType ?? "")}`;
	return `${parties}: ${cpim.contentType ?? "no content type"}`;
}

function names(addresses: readonly CpimAddress[]): string {
	if (addresses.length === 0) return "?";
	const first = addresses[0]!;
	const name = shortName(first.displayName, first.uriText);
	return addresses.length === 1 ? name : `${name} +${addresses.length - 1}`;
}

function senderOf(entry: SipEntry | MsrpEntry): string {
	if (entry.protocol !== "sip") return "";
	const from = entry.sip.get("from");
	return from === undefined ? "" : shortName(addressName(from), addressUri(from));
}

const FINAL = new Set(["delivered", "displayed", "processed", "stored"]);

function payloadSummary(payload: Payload, sender: string, contentType: string): string {
	switch (payload.kind) {
		case "text":
			return `${contentType === "" ? "" : `${contentType} `}«${excerpt(payload.text)}»`;
		case "imdn": {
			const what = FINAL.has(payload.status) ? payload.status : `${payload.notification} ${payload.status}`;
			return `IMDN ${what} for ${shortId(payload.messageId)}`;
		}
		case "composing": {
			const who = sender === "" ? "sender" : sender;
			return payload.state === "active" ? `${who} is composing` : `${who} is ${payload.state === "idle" ? "idle" : `«${payload.state}»`}`;
		}
		case "conference-info":
			return conferenceSummary(payload.info);
		case "resource-list":
			return `resource list of ${count(payload.entries.length, "recipient")}`;
		case "external": {
			const facts = [payload.contentType ?? "", payload.size === undefined ? "" : count(payload.size, "octet")].filter(
				(fact) => fact !== "",
			);
			return `file ${payload.url}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`;
		}
		case "other":
			return payload.contentType;
	}
}

export function conferenceSummary(info: ConferenceInfo): string {
	const version = info.version === undefined ? "" : ` v${info.version}`;
	const users =
		info.users.length === 1 ? shortName(info.users[0]!.displayText ?? "", info.users[0]!.entity) : count(info.users.length, "user");
	const subject = info.subject === undefined || info.subject === "" ? "" : ` «${excerpt(info.subject)}»`;
	return `conference ${info.state}${version}: ${users}${subject}`;
}

export function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** "MSRP, audio": one word for each m-line, "off" behind the rejected ones. */
export function sdpSummary(sdp: Sdp): string {
	return sdp.media.length === 0 ? "no media" : sdp.media.slice(0, 8).map(mediaName).join(", ");
}

function mediaName(media: SdpMedia): string {
	const name = media.msrp ? (media.proto.toUpperCase().includes("TLS") ? "MSRPS" : "MSRP") : media.media;
	return media.port === 0 ? `${name} off` : name;
}
