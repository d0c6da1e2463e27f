package sluice.proxy.api;

import java.util.Optional;

/**
 * What a request says before its body, as it came.
 *
 * @param method such as GET
 * @param target behind the method
 * @param host the header; empty where there is none
 * @param hasBody whether one is announced
 * @param trustsHost whether the caller has made sure otherwise that we are whom it meant, as with TLS
 * @param remote where it comes from
 */
public record RequestHead(
        String method,
        String target,
        Optional<String> host,
        Optional<String> authorization,
        Optional<String> contentType,
        Optional<String> ifMatch,
        Optional<String> lastEventId,
        boolean hasBody,
        boolean trustsHost,
        String remote) {

    /** It holds a token. */
    @Override
    public String toString() {
        return method + " " + target + " from " + remote;
    }
}
