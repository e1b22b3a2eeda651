import type { SipEntry } from "../model/entry.js";
import { addressScope } from "./addresses.js";
import type { Findings } from "./findings.js";
import type { MediaTable } from "./media.js";
import { attributePlace, mediaPlace, ownUri, pathAgreement, type SdpFacts, sdpPlace } from "./sdp-facts.js";
import type { Session } from "./sessions.js";

/** One description against the addresses that it travels between, and against the other live sessions. */
export function checkDescription(findings: Findings, entry: SipEntry, sdp: SdpFacts, session: Session, media: MediaTable): void {
	for (const [index, line] of sdp.media.entries()) {
		const facts = line.msrp;
		if (facts === undefined || line.port <= 0) continue;
		const first = facts.uris[0];
		// Under CEMA it is c= that is connected to (RFC 6714 §4.2).
		const elsewhere = facts.cema && facts.address !== undefined && addressScope(facts.address) !== "private";
		// An active side is not connected to, so it does not matter where it is.
		if (
			first !== undefined &&
			!elsewhere &&
			facts.setup !== "active" &&
			addressScope(first.host) === "private" &&
			addressScope(entry.to.address) === "public"
		) {
			findings.on(entry, "sdp.path-private-address", `${first.host}, peer ${entry.to.address}`, attributePlace(entry, index, "path"));
		}
		const own = ownUri(facts);
		if (own === undefined) continue;
		for (const found of media.uri(own.key)) {
			const other = found.media.sides[found.side];
			// The same description (o-line) under another Call-ID is the other leg of a box, not a second session.
			if (found.media.session === session || other.origin === sdp.origin) continue;
			findings.on(
				entry,
				"sdp.path-reused",
				`${facts.path.at(-1)} is live in ${found.media.session.id}`,
				attributePlace(entry, index, "path"),
			);
			break;
		}
	}
}

/** RFC 3264 §8: what one side says anew in the same dialog. */
export function checkVersion(findings: Findings, entry: SipEntry, before: SdpFacts, now: SdpFacts): void {
	if (before.origin !== now.origin || before.origin === "" || before.version !== now.version || before.content === now.content) return;
	findings.on(
		entry,
		"sdp.version-not-incremented",
		`version ${now.version} as in entry ${before.entry}`,
		sdpPlace(entry, entry.sdp?.origin?.line),
	);
}

/** What only an offer must not say (RFC 6135 §4.2.2, RFC 6714 §4.3). */
export function checkOffer(findings: Findings, entry: SipEntry, offer: SdpFacts): void {
	for (const [index, line] of offer.media.entries()) {
		const facts = line.msrp;
		if (facts === undefined || line.port <= 0) continue;
		if (facts.setup === "passive")
			findings.on(entry, "sdp.setup-passive-offer", `m-line ${index + 1}`, attributePlace(entry, index, "setup"));
		if (!facts.cema && pathAgreement(facts) === "mismatch") {
			findings.on(entry, "sdp.cema-mismatch-no-attr", `c= and m= say ${facts.address}:${facts.port}`, attributePlace(entry, index, "path"));
		}
	}
}

const FITTING: Record<string, readonly string[]> = {
	active: ["passive", "holdconn"],
	passive: ["active", "holdconn"],
	actpass: ["active", "passive", "holdconn"],
	holdconn: ["holdconn"],
};

/** An answer against its offer (RFC 3264 §6, RFC 4145 §4.1, RFC 6135 §4.2, RFC 6714 §4.3). */
export function checkAnswer(findings: Findings, entry: SipEntry, offer: SdpFacts, answer: SdpFacts): void {
	if (offer.media.length !== answer.media.length) {
		findings.on(entry, "sdp.answer-media-count", `offer ${offer.media.length}, answer ${answer.media.length}`, mediaPlace(entry, 0));
	}
	for (const [index, asked] of offer.media.entries()) {
		const given = answer.media[index];
		if (given === undefined) continue;
		if (given.media !== asked.media || given.proto !== asked.proto) {
			const detail = `offer ${asked.media} ${asked.proto}, answer ${given.media} ${given.proto}`;
			findings.on(entry, "sdp.answer-media-type", detail, mediaPlace(entry, index));
			continue;
		}
		if (asked.msrp === undefined || given.msrp === undefined || given.port <= 0) continue;
		const wanted = asked.msrp.setup;
		const got = given.msrp.setup;
		const place = attributePlace(entry, index, "setup");
		if (got === undefined) {
			if (wanted !== undefined) findings.on(entry, "sdp.setup-missing", `offer has ${wanted}`, place);
		} else if (got === "actpass" || (wanted !== undefined && !FITTING[wanted]!.includes(got))) {
			findings.on(entry, "sdp.setup-role-conflict", `offer ${wanted ?? "without setup"}, answer ${got}`, place);
		}
		// The offerer falls back to an offer without CEMA when it would be passive (RFC 6714 §4.3).
		if (asked.msrp.cema && !given.msrp.cema && got === "active" && pathAgreement(given.msrp) === "mismatch") {
			const detail = `c= and m= say ${given.msrp.address}:${given.msrp.port}`;
			findings.on(entry, "sdp.cema-mismatch-no-attr", detail, attributePlace(entry, index, "path"));
		}
	}
}
