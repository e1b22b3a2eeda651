import { isSecure, isWebSocket, type Place, placeText } from "../net/links/index.js";

const CERTIFICATE = /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_SIGNATURE)/;

/** A place cannot be listened at: the message says why and what to do. */
export class ListenError extends Error {
	constructor(place: Place, error: unknown) {
		super(listenTrouble(place, error));
	}
}

/** Why a place could not be connected to, and what to do about it: one sentence without control characters of the peer's making. */
export function connectTrouble(place: Place, error: unknown): string {
	const { code, message } = first(error);
	return `${placeText(place)}: ${reason(place, code ?? "", message)}`;
}

function reason(place: Place, code: string, message: string): string {
	if (code === "ECONNREFUSED") return "connection refused; is the peer running, and is this its address and port?";
	if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "this name has no address; check its spelling, or give the address";
	if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "there is no way to this address from here";
	if (code === "ETIMEDOUT" || message === "Opening handshake has timed out")
		return "no answer; check address and port, and what filters between";
	const upgrade = /^Unexpected server response: (\d+)/.exec(message);
	if (upgrade !== null) return `the server refuses the WebSocket with ${upgrade[1]}; check the path, --subprotocol and --origin`;
	if (/subprotocol/i.test(message)) return `${message}; give the right one with --subprotocol`;
	if (isSecure(place.transport)) {
		if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
			return "the certificate is for another name; give that name with --server-name, or accept any certificate with --insecure";
		if (CERTIFICATE.test(code))
			return `the certificate cannot be verified (${message}); give its authority with --ca, or accept any certificate with --insecure`;
		if (/WRONG_VERSION_NUMBER|packet length too long/i.test(`${code} ${message}`))
			return `no TLS is spoken there; try ${isWebSocket(place.transport) ? "ws" : "tcp"}://`;
		if (/ALERT/i.test(code) || /alert/.test(message))
			return `the peer refuses TLS (${alert(message)}); perhaps it wants a certificate: --client-cert and --client-key`;
		if (code === "ECONNRESET")
			return "the connection was closed during the TLS handshake; does the peer speak TLS, and what does its log say?";
	}
	if (code === "ECONNRESET" || message === "socket hang up") return "the peer closed the connection at once; does it speak this transport?";
	return message;
}

/** What is meant by an error of OpenSSL: "140…:error:0A000416:SSL routines:ssl3_read_bytes:sslv3 alert certificate unknown:…". */
function alert(message: string): string {
	return /alert ([a-z ]+)/.exec(message)?.[1] ?? "handshake failure";
}

/** Why a place cannot be listened at. */
function listenTrouble(place: Place, error: unknown): string {
	const { code, message } = first(error);
	const where = placeText(place);
	if (code === "EADDRINUSE") return `${where}: something else listens there; choose another port, or 0 for any free one`;
	if (code === "EACCES") return `${where}: ports below 1024 need special rights; choose a higher one`;
	if (code === "EADDRNOTAVAIL") return `${where}: this machine has no such address`;
	if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `${where}: this name has no address`;
	return `${where}: ${message}`;
}

/** An attempt at several addresses fails with one error that holds the others. */
function first(error: unknown): { code?: string; message: string } {
	const { errors } = error as { errors?: { code?: string; message: string }[] };
	return errors?.[0] ?? (error as { code?: string; message: string });
}
