import { createHash } from "node:crypto";
import type { Draft } from "../draft.js";
import type { Act, ProfileBox } from "../profile.js";
import type { UriSpot } from "../spots.js";
import { ownViaRow } from "./own-via.js";

const BRANCH = "z9hG4bK";
const CALL_ID = "!!:";
const OWN = "th-";
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Text to token characters and back, without memory: base64url in an order of its digits that the seed decides. */
export class MaskCodec {
	readonly #digits: string;

	constructor(key: string) {
		const rank = (digit: string): string => createHash("sha256").update(`${key}\0${digit}`).digest("hex");
		this.#digits = [...DIGITS].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).join("");
	}

	encode(text: string): string {
		return Buffer.from(text, "latin1")
			.toString("base64url")
			.replace(/./g, (digit) => this.#digits[DIGITS.indexOf(digit)]!);
	}

	/** undefined when the text was not made by `encode` with this key */
	decode(text: string): string | undefined {
		let plain = "";
		for (const digit of text) {
			const index = this.#digits.indexOf(digit);
			if (index < 0) return undefined;
			plain += DIGITS[index];
		}
		const decoded = Buffer.from(plain, "base64url").toString("latin1");
		return decoded !== "" && this.encode(decoded) === text ? decoded : undefined;
	}
}

const CODECS = new WeakMap<ProfileBox, MaskCodec>();

function codecOf(box: ProfileBox): MaskCodec {
	let codec = CODECS.get(box);
	if (codec === undefined) {
		codec = new MaskCodec(box.token("mask"));
		CODECS.set(box, codec);
	}
	return codec;
}

/** URIs that stand for others are replaced by them; those that show where someone is are packed into the mask. */
export const maskUris: Act = (draft, box) => {
	const target = draft.requestUri();
	if (target !== undefined) unmask(draft, box, target, "Request-URI");
	for (const key of ["route", "refer-to"])
		for (const spot of draft.addresses(key)) unmask(draft, box, spot.uri, key === "route" ? "Route" : "Refer-To");
	// The targets of a redirection are other people's (RFC 3261 §21.3).
	const exempt = !box.flag("maskRedirects") && !draft.request && draft.sip.status >= 300 && draft.sip.status < 400;
	for (const [index, spot] of draft.addresses("contact").entries()) {
		if (unmask(draft, box, spot.uri, "Contact") || index > 0 || exempt) continue;
		const masked = mask(draft, box, spot.uri);
		// The mask has parameters, so it needs the brackets that a bare URI lacks.
		draft.replace(spot.uri, spot.address.bracketed ? masked : `<${masked}>`, "Contact URI", "the URI is hidden in a parameter");
	}
	for (const spot of draft.addresses("record-route")) {
		if (unmask(draft, box, spot.uri, "Record-Route")) continue;
		// Who does not see lr would take the mask for a strict router (RFC 3261 §16.12).
		const loose = spot.uri.uri.params.some(({ name }) => name.toLowerCase() === "lr") ? ";lr" : "";
		draft.replace(spot.uri, mask(draft, box, spot.uri) + loose, "Record-Route", "the URI is hidden in a parameter");
	}
};

function mask(draft: Draft, box: ProfileBox, uri: UriSpot): string {
	return `sip:${box.text("maskIp")};${box.text("param")}=${box.text("prefix")}${codecOf(box).encode(draft.slice(uri))}`;
}

function unmask(draft: Draft, box: ProfileBox, uri: UriSpot, part: string): boolean {
	if (uri.uri.host !== box.text("maskIp")) return false;
	const value = uri.uri.params.find(({ name }) => name.toLowerCase() === box.text("param").toLowerCase())?.value;
	const prefix = box.text("prefix");
	const plain = value?.startsWith(prefix) ? codecOf(box).decode(value.slice(prefix.length)) : undefined;
	if (plain === undefined) return false;
	draft.replace(uri, plain, part, "what was hidden in the parameter");
	return true;
}

/** The box puts its own Via on top; those below are packed into branches, and unpacked in the response. */
export const maskVias: Act = (draft, box) => {
	const prefix = box.text("prefix");
	for (const spot of draft.vias()) {
		const { branch, transport } = spot.via;
		if (draft.request) {
			const packed = codecOf(box).encode(draft.slice(spot));
			draft.replace(
				spot,
				`SIP/2.0/${transport || "UDP"} ${box.text("maskIp")};branch=${BRANCH}${prefix}${packed}`,
				"Via",
				"packed into a branch",
			);
		} else if (branch?.startsWith(BRANCH + OWN)) {
			const row = draft.rows("via")[0];
			if (spot === draft.vias()[0] && row !== undefined)
				draft.replace(wholeRow(draft, spot, row), "", "Via", "the box's own Via has done its work");
		} else if (branch?.startsWith(BRANCH + prefix)) {
			const plain = codecOf(box).decode(branch.slice(BRANCH.length + prefix.length));
			if (plain !== undefined) draft.replace(spot, plain, "Via", "unpacked from the branch");
		}
	}
	if (draft.request) draft.insert(draft.firstRow, ownViaRow(draft, box, OWN), "Via", "the box's own Via");
};

/** The row where it holds that value alone, else the value with its comma. */
function wholeRow(draft: Draft, spot: { start: number; end: number }, row: { start: number; end: number }): { start: number; end: number } {
	const comma = /^\s*,\s*/.exec(draft.text.slice(spot.end, row.end));
	return comma === null ? row : { start: spot.start, end: spot.end + comma[0].length };
}

/** Call-ID is packed too, where the option asks for it. */
export const maskCallId: Act = (draft, box) => {
	const place = draft.value("call-id");
	if (place === undefined || !box.flag("callId")) return;
	const value = draft.slice(place);
	const plain = value.startsWith(CALL_ID) ? codecOf(box).decode(value.slice(CALL_ID.length)) : undefined;
	draft.replace(place, plain ?? CALL_ID + codecOf(box).encode(value), "Call-ID", plain === undefined ? "packed" : "unpacked");
};
