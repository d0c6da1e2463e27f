package sluice.proxy.api.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.RequestHead;

/** Heads of requests from the wire; where one could be read in two ways, it is refused. */
final class HttpHeads {
    private HttpHeads() {}

    /** Throws ApiFault where the head is broken or too large. */
    static void requireReadable(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            throw new ApiFault(
                    switch (request.decoderResult().cause()) {
                        case TooLongHttpLineException line ->
                            ApiProblem.of(414, "path-too-long", "The path is too long", "ask for less at a time");
                        case TooLongHttpHeaderException headers ->
                            ApiProblem.of(431, "headers-too-large", "The headers are too large", "send fewer");
                        case null, default -> ApiProblem.badRequest("this is no HTTP request");
                    });
        }
        if (!request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                && !request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            throw new ApiFault(ApiProblem.of(505, "other-version", "This is not HTTP/1.1", "speak HTTP/1.1"));
        }
    }

    /** Whether a body follows. Throws ApiFault where it is too large, or nobody can tell how large. */
    static boolean hasBody(HttpRequest request, int most) {
        if (request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            if (!HttpUtil.isTransferEncodingChunked(request)
                    || request.headers()
                                    .getAll(HttpHeaderNames.TRANSFER_ENCODING)
                                    .size()
                            > 1) {
                throw new ApiFault(ApiProblem.of(
                        501, "other-encoding", "This encoding is unknown", "send the body plain or in chunks"));
            }
            return true;
        }
        long length;
        try {
            length = HttpUtil.getContentLength(request, 0L);
        } catch (NumberFormatException e) {
            throw new ApiFault(ApiProblem.badRequest("the length of the body is no number"));
        }
        if (length > most) {
            throw new ApiFault(tooLarge(most));
        }
        return length > 0;
    }

    static ApiProblem tooLarge(int most) {
        return ApiProblem.of(413, "body-too-large", "The body is too large", "send at most " + most / 1024 + " KiB");
    }

    /** Throws ApiFault where a header stands there twice. */
    static RequestHead of(HttpRequest request, boolean hasBody, boolean encrypted, String remote) {
        return new RequestHead(
                request.method().name(),
                request.uri(),
                only(request, HttpHeaderNames.HOST),
                only(request, HttpHeaderNames.AUTHORIZATION),
                only(request, HttpHeaderNames.CONTENT_TYPE),
                only(request, HttpHeaderNames.IF_MATCH),
                only(request, "Last-Event-ID"),
                hasBody,
                encrypted,
                remote);
    }

    private static Optional<String> only(HttpRequest request, CharSequence name) {
        List<String> values = request.headers().getAll(name);
        if (values.size() > 1) {
            throw new ApiFault(ApiProblem.badRequest("the header " + name + " stands there twice"));
        }
        return values.stream().findFirst();
    }
}
