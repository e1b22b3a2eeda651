import { parseFileRange, parseFileSelector } from "./file.js";
import type { SdpAttribute, SdpMsrp, SetupRole } from "./types.js";

/**
 * The MSRP meaning of a media description's attributes (RFC 4975 §8, 5547 §6, 6135 §4, 6714 §5, 7701 §8).
 * Of an attribute that repeats the first counts. setup and fingerprint may stand at session level (RFC 4145 §4, RFC 8122 §5).
 */
export function msrpOf(media: readonly SdpAttribute[], session: readonly SdpAttribute[]): SdpMsrp {
	const msrp: SdpMsrp = {
		path: [],
		acceptTypes: undefined,
		acceptWrappedTypes: undefined,
		maxSize: undefined,
		setup: undefined,
		cema: false,
		fingerprint: undefined,
		chatroom: undefined,
		fileSelector: undefined,
		fileTransferId: undefined,
		fileDisposition: undefined,
		fileRange: undefined,
	};
	for (const attribute of media) apply(msrp, attribute);
	for (const { name, value } of session) {
		if (name === "setup") msrp.setup ??= setupRole(value);
		else if (name === "fingerprint") msrp.fingerprint ??= value?.trim();
	}
	return msrp;
}

function apply(msrp: SdpMsrp, { name, value }: SdpAttribute): void {
	switch (name) {
		case "path":
			if (msrp.path.length === 0) msrp.path = tokens(value);
			break;
		case "accept-types":
			msrp.acceptTypes ??= tokens(value);
			break;
		case "accept-wrapped-types":
			msrp.acceptWrappedTypes ??= tokens(value);
			break;
		case "max-size":
			msrp.maxSize ??= decimal(value);
			break;
		case "setup":
			msrp.setup ??= setupRole(value);
			break;
		case "msrp-cema":
			msrp.cema = true;
			break;
		case "fingerprint":
			msrp.fingerprint ??= value?.trim();
			break;
		case "chatroom":
			msrp.chatroom ??= tokens(value);
			break;
		case "file-selector":
			msrp.fileSelector ??= parseFileSelector(value ?? "");
			break;
		case "file-transfer-id":
			msrp.fileTransferId ??= value?.trim();
			break;
		case "file-disposition":
			msrp.fileDisposition ??= value?.trim();
			break;
		case "file-range":
			msrp.fileRange ??= parseFileRange(value ?? "");
			break;
	}
}

function tokens(value: string | undefined): string[] {
	return value === undefined ? [] : value.split(/[ \t]+/).filter((token) => token !== "");
}

function decimal(value: string | undefined): number | undefined {
	const digits = value?.trim() ?? "";
	return /^\d+$/.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined;
}

function setupRole(value: string | undefined): SetupRole | undefined {
	const role = value?.trim().toLowerCase();
	return role === "active" || role === "passive" || role === "actpass" || role === "holdconn" ? role : undefined;
}
