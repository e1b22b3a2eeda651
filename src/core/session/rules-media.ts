import { createHash } from "node:crypto";
import type { MsrpEntry } from "../model/entry.js";
import type { Side } from "./dialogs.js";
import { type Findings, valuePlace } from "./findings.js";
import type { MediaSide, MsrpMedia } from "./media.js";

/** What was said about one MSRP message already, so that a chunk does not say it again. */
export interface SendState {
	typeChecked: boolean;
	tooLong: boolean;
}

/** Seconds in which a message may still follow directions that a re-INVITE has changed. */
const DIRECTION_GRACE = 5;

/** A SEND with a body against what both sides said in SDP (RFC 4975 §8, RFC 5547 §6). `side` sent it. */
export function checkSend(findings: Findings, entry: MsrpEntry, media: MsrpMedia, side: Side, state: SendState, now: number): void {
	const sender = media.sides[side];
	const receiver = media.sides[side === 0 ? 1 : 0];
	checkType(findings, entry, receiver, state);
	checkSize(findings, entry, receiver, state);
	if (entry.message?.state !== "complete") return;
	checkDirection(findings, entry, media, side, now);
	checkFile(findings, entry, sender, receiver);
}

function checkType(findings: Findings, entry: MsrpEntry, { facts }: MediaSide, state: SendState): void {
	const accepted = facts.acceptTypes;
	if (accepted === undefined) return;
	const row = entry.msrp.row("content-type");
	const type = baseType(entry.msrp.contentType);
	if (!state.typeChecked && type !== undefined) {
		state.typeChecked = true;
		if (!accepts(accepted, type)) findings.on(entry, "sdp.content-type-not-accepted", `${type} is not in accept-types`, valuePlace(row));
	}
	if (type !== "message/cpim" || entry.message?.state !== "complete") return;
	const wrapped = facts.acceptWrappedTypes ?? [];
	if (accepted.includes("*") || wrapped.includes("*")) return;
	const inner = entry.innerType ?? entry.cpim?.contentType;
	if (inner === undefined || accepts(accepted, inner) || accepts(wrapped, inner)) return;
	const lists = facts.acceptWrappedTypes === undefined ? "accept-types" : "accept-types or accept-wrapped-types";
	findings.on(entry, "sdp.content-type-not-accepted", `wrapped ${inner} is not in ${lists}`);
}

/** Lower-case type/subtype without parameters. */
function baseType(value: string | undefined): string | undefined {
	if (value === undefined) return undefined;
	const semicolon = value.indexOf(";");
	return (semicolon < 0 ? value : value.slice(0, semicolon)).trim().toLowerCase();
}

function accepts(list: readonly string[], type: string): boolean {
	return list.some((item) => item === "*" || item === type || (item.endsWith("/*") && type.startsWith(item.slice(0, -1))));
}

function checkSize(findings: Findings, entry: MsrpEntry, { facts }: MediaSide, state: SendState): void {
	if (state.tooLong || facts.maxSize === undefined) return;
	const size = entry.message?.total ?? entry.msrp.byteRange?.total ?? entry.message?.contiguous;
	if (size === undefined || size <= facts.maxSize) return;
	state.tooLong = true;
	findings.on(entry, "sdp.max-size-exceeded", `${size} octets, max-size ${facts.maxSize}`, valuePlace(entry.msrp.row("byte-range")));
}

function checkDirection(findings: Findings, entry: MsrpEntry, media: MsrpMedia, side: Side, now: number): void {
	const other: Side = side === 0 ? 1 : 0;
	const may = (directions: readonly MediaSide["direction"][]) => sends(directions[side]!) && receives(directions[other]!);
	const current = [media.sides[0].direction, media.sides[1].direction];
	if (may(current)) return;
	if (media.previousDirections !== undefined && now - media.directionsSince < DIRECTION_GRACE && may(media.previousDirections)) return;
	// RFC 4975 §8.9 with RFC 5438: notifications are not regular content.
	if (entry.payload?.kind === "imdn") return;
	findings.on(entry, "sdp.direction-violation", `sender is ${current[side]}, receiver ${current[other]}`);
}

function sends(direction: MediaSide["direction"]): boolean {
	return direction === "sendrecv" || direction === "sendonly";
}

function receives(direction: MediaSide["direction"]): boolean {
	return direction === "sendrecv" || direction === "recvonly";
}

/** The file that a file transfer line carries: its size, and its hash where all octets were kept. */
function checkFile(findings: Findings, entry: MsrpEntry, sender: MediaSide, receiver: MediaSide): void {
	const file = sender.facts.file ?? receiver.facts.file;
	if (file === undefined || file.part || receiver.facts.file?.part || sender.direction === "recvonly") return;
	if (entry.payload?.kind === "imdn" || entry.payload?.kind === "composing") return;
	const message = entry.message!;
	const { cpim } = entry;
	const size = cpim === undefined ? message.total : message.truncated ? undefined : cpim.contentEnd - cpim.contentStart;
	if (size !== undefined && file.size !== undefined && BigInt(size) !== BigInt(file.size)) {
		findings.on(entry, "sdp.file-selector-mismatch", `${size} octets, file-selector says ${file.size}`);
		return;
	}
	const wanted = /^sha-1:([0-9A-F:]+)$/i.exec(file.hash ?? "")?.[1];
	if (wanted === undefined || message.truncated) return;
	const octets = cpim === undefined ? message.content : entry.cpimBytes?.subarray(cpim.contentStart, cpim.contentEnd);
	if (octets === undefined || octets.length !== Number(size)) return;
	const got = createHash("sha1").update(octets).digest("hex");
	if (got === wanted.replaceAll(":", "").toLowerCase()) return;
	findings.on(entry, "sdp.file-selector-mismatch", `SHA-1 ${got}, file-selector says ${wanted}`);
}
