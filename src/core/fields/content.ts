import type { ConferenceInfo, MsrpEntry, Payload, SipEntry } from "../model/entry.js";
import type { CpimAddress, CpimMessage } from "../protocols/cpim/types.js";
import { type Field, type FieldType, own, some } from "./types.js";

type ContentEntry = SipEntry | MsrpEntry;

function cpim(
	name: string,
	type: FieldType,
	description: string,
	get: (cpim: CpimMessage) => ReturnType<Field["get"]>,
): Field<ContentEntry> {
	return own(name, type, description, (entry) => (entry.cpim ? get(entry.cpim) : undefined));
}

/** Fields of message/cpim content. */
export const CPIM_FIELDS: readonly Field<ContentEntry>[] = [
	cpim("cpim.from.uri", "strings", "URIs of the From headers", (one) => some(one.from.map((address) => address.uriText))),
	cpim("cpim.from.name", "strings", 'formal names of the From headers, "" where there is none', (one) => namesOf(one.from)),
	cpim("cpim.from.isfocus", "boolean", "true when a From URI has the parameter isfocus inside its brackets", (one) =>
		one.from.some(isFocus),
	),
	cpim("cpim.to.uri", "strings", "URIs of the To headers", (one) => some(one.to.map((address) => address.uriText))),
	cpim("cpim.to.name", "strings", 'formal names of the To headers, "" where there is none', (one) => namesOf(one.to)),
	cpim("cpim.to.isfocus", "boolean", "true when a To URI has the parameter isfocus inside its brackets", (one) => one.to.some(isFocus)),
	cpim("cpim.cc.uri", "strings", "URIs of the cc headers", (one) => some(one.cc.map((address) => address.uriText))),
	cpim("cpim.datetime", "string", "DateTime", (one) => one.dateTime),
	cpim("cpim.subject", "strings", "Subject headers", (one) => some(one.subjects.map((subject) => subject.value))),
	cpim("cpim.require", "strings", "Require", (one) => some(one.require)),
	cpim("cpim.content_type", "string", "type of the content inside, lower case, without parameters", (one) => one.contentType),
	cpim("cpim.content_disposition", "string", "Content-Disposition of the content inside", (one) => one.contentDisposition),
	cpim("cpim.content_length", "integer", "octets of the content inside, as received", (one) => one.contentEnd - one.contentStart),
	cpim("imdn.message_id", "string", "imdn.Message-ID of the CPIM headers", (one) => one.imdn.messageId),
	cpim("imdn.disposition_notification", "strings", "imdn.Disposition-Notification: what the sender asks for", (one) =>
		some(one.imdn.dispositionNotification),
	),
	cpim("imdn.original_to", "string", "imdn.Original-To", (one) => one.imdn.originalTo),
	cpim("imdn.record_route", "strings", "imdn.IMDN-Record-Route", (one) => some(one.imdn.recordRoute)),
	cpim("imdn.route", "strings", "imdn.IMDN-Route", (one) => some(one.imdn.route)),
];

function namesOf(addresses: readonly CpimAddress[]): readonly string[] | undefined {
	return addresses.some((address) => address.displayName !== "") ? addresses.map((address) => address.displayName) : undefined;
}

/** The URI is parsed only where the word is in it at all. */
function isFocus(address: CpimAddress): boolean {
	return /isfocus/i.test(address.uriText) && address.uri.params.some((param) => param.name.toLowerCase() === "isfocus");
}

/** A field that only one kind of payload has. */
export interface PayloadField extends Field<ContentEntry> {
	readonly kind: Payload["kind"] | undefined;
}

type PayloadOf<K extends Payload["kind"]> = Extract<Payload, { kind: K }>;

function payload<K extends Payload["kind"]>(
	kind: K,
	name: string,
	type: FieldType,
	description: string,
	get: (payload: PayloadOf<K>) => ReturnType<Field["get"]>,
): PayloadField {
	const field = own<ContentEntry>(name, type, description, (entry) =>
		entry.payload?.kind === kind ? get(entry.payload as PayloadOf<K>) : undefined,
	);
	return { ...field, kind };
}

function conference(
	name: string,
	type: FieldType,
	description: string,
	get: (info: ConferenceInfo) => ReturnType<Field["get"]>,
): PayloadField {
	return payload("conference-info", `conference.${name}`, type, description, (one) => get(one.info));
}

/** Fields of the innermost content that we understand. */
export const PAYLOAD_FIELDS: readonly PayloadField[] = [
	{
		...own<ContentEntry>(
			"payload.kind",
			"string",
			"text, imdn, composing, conference-info, resource-list, external or other",
			(entry) => entry.payload?.kind,
		),
		kind: undefined,
	},
	payload("text", "payload.text", "string", "what a person wrote", (one) => one.text),
	payload("other", "payload.content_type", "string", "type of content that is not decoded", (one) => one.contentType),
	payload("imdn", "imdn.notification", "string", "delivery, display or processing", (one) => one.notification),
	payload(
		"imdn",
		"imdn.disposition",
		"string",
		"what became of the message: delivered, displayed, failed, forbidden, error …",
		(one) => one.status,
	),
	payload(
		"imdn",
		"imdn.reports_on",
		"string",
		"message-id in the IMDN: imdn.message_id of the message that it is about",
		(one) => one.messageId,
	),
	payload("imdn", "imdn.datetime", "string", "datetime in the IMDN", (one) => one.dateTime),
	payload("imdn", "imdn.recipient_uri", "string", "recipient-uri in the IMDN", (one) => one.recipient),
	payload("imdn", "imdn.original_recipient_uri", "string", "original-recipient-uri in the IMDN", (one) => one.originalRecipient),
	payload("composing", "composing.state", "string", "active or idle", (one) => one.state),
	payload("composing", "composing.content_type", "string", "type of what is being composed", (one) => one.contentType),
	payload("composing", "composing.refresh", "integer", "seconds", (one) => one.refresh),
	conference("entity", "string", "URI of the conference", (info) => info.entity),
	conference("state", "string", "full, partial or deleted", (info) => info.state),
	conference("version", "integer", "version of the notification", (info) => info.version),
	conference("subject", "string", "subject of the conference", (info) => info.subject),
	conference("user_count", "integer", "user-count, as the focus says", (info) => info.userCount),
	conference("users", "strings", "URIs of the users named in this notification", (info) => some(info.users.map((user) => user.entity))),
	payload("resource-list", "resource_list.uri", "strings", "URIs of the list", (one) => some(one.entries.map((entry) => entry.uri))),
	payload("external", "external.url", "string", "where the file is", (one) => one.url),
	payload("external", "external.size", "integer", "octets of the file", (one) => one.size),
	payload("external", "external.content_type", "string", "type of the file", (one) => one.contentType),
	payload("external", "external.expiration", "string", "until when the file is kept", (one) => one.expiration),
];
