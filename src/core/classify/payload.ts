import type { Classification, Subject } from "./classify.js";
import { lower } from "./compare.js";
import { fire } from "./firing.js";
import type { Evidence, PayloadClass } from "./types.js";

/** R29 to R33: what the payload says wins over the headline. */
export function withPayload(base: Classification, subject: Subject): Classification {
	const result = { ...base };
	const type = contentHeaders(subject, "content-type", subject.contentType);
	switch (base.payload) {
		case "composing":
			result.headline = "composing";
			result.hint = base.origin === "system" ? "show no typing indicator" : "typing indicator of From";
			result.firings = [...base.firings, fire("R29", "CR 7.1.3.5, RFC 3994", ...type)];
			if (base.origin === "system") result.flags = [...base.flags, "composing-from-focus"];
			break;
		case "imdn": {
			const notification = dispositions(subject).some((value) => value.startsWith("notification"));
			const evidence = [...type, ...contentHeaders(subject, "content-disposition", subject.disposition)];
			result.headline = "imdn";
			result.hint = "update the message that it names";
			result.confidence = lower(notification ? "high" : "medium", base.confidence);
			result.firings = [...base.firings, fire("R30", "RFC 5438 §9", ...evidence)];
			break;
		}
		case "nested":
			result.flags = [...base.flags, "nested"];
			result.confidence = lower(base.confidence, "medium");
			result.hint = "show who asserts whom";
			result.firings = [...base.firings, fire("R31", "RFC 4975 §14", ...type, ...(subject.chain ?? []))];
			break;
		case "external":
			result.hint = "show address, size and expiry; fetch on user action only";
			result.firings = [...base.firings, fire("R33", "CR 7.1.3.2-3, RFC 4483 §5", ...type)];
			break;
	}
	return withDisposition(result, subject);
}

/** R32: what is to be shown on user action only, as the SEND or the part inside says; an unknown disposition is an attachment. */
export function withDisposition(base: Classification, subject: Subject): Classification {
	if (base.payload === "imdn" || !dispositions(subject).some((value) => !/^(?:render|inline)\b/.test(value))) return base;
	const evidence = contentHeaders(subject, "content-disposition", subject.disposition);
	return {
		...base,
		flags: [...base.flags, "attachment"],
		firings: [...base.firings, fire("R32", "CR 7.1.3.2, RFC 2183 §2.8", ...evidence)],
	};
}

/** Content-Disposition of the SEND and of the part inside, lower case. */
function dispositions({ disposition, cpim }: Subject): string[] {
	return [disposition, cpim?.contentDisposition].flatMap((value) => (value === undefined ? [] : [value.trim().toLowerCase()]));
}

/** That header of the carrying request, and of the part inside with its octets. */
function contentHeaders({ cpim }: Subject, key: "content-type" | "content-disposition", outer: string | undefined): Evidence[] {
	const inner = cpim?.mime.find((header) => header.key === key);
	const found: Evidence[] = inner === undefined ? [] : [{ what: inner.name, value: inner.value, start: inner.start, end: inner.end }];
	// The carrying request's Content-Type is message/cpim where there is CPIM, which says nothing here.
	if (outer !== undefined && (cpim === undefined || key !== "content-type"))
		found.push({ what: key === "content-type" ? "Content-Type" : "Content-Disposition", value: outer });
	return found;
}

/** What kind of content it is, also while its end has not come, as far as its type tells. */
export function payloadOf({ cpim, payload, contentType, state }: Subject): PayloadClass {
	if (cpim?.contentType === "message/cpim") return "nested";
	if (payload === undefined && state === "pending") {
		if (cpim !== undefined && !cpim.mimeComplete) return "other";
		return PENDING.get(cpim?.contentType ?? mediaType(contentType)) ?? "content";
	}
	switch (payload?.kind) {
		case "composing":
			return "composing";
		case "imdn":
			return "imdn";
		case "external":
			return "external";
		default:
			return payload === undefined ? "other" : "content";
	}
}

const PENDING: ReadonlyMap<string, PayloadClass> = new Map<string, PayloadClass>([
	["application/im-iscomposing+xml", "composing"],
	["message/imdn+xml", "imdn"],
	["message/external-body", "external"],
]);

function mediaType(value: string | undefined): string {
	return (value ?? "").split(";", 1)[0]!.trim().toLowerCase();
}
