package sluice.proxy.api.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiJson;

/** Answers for the wire. */
final class HttpAnswers {
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";
    private static final String EVENTS = "text/event-stream";

    private HttpAnswers() {}

    /** @param headOnly all but the body */
    static FullHttpResponse of(ApiAnswer answer, boolean headOnly, boolean keepAlive, Instant now) {
        byte[] body = switch (answer) {
            case ApiAnswer.Json json -> ApiJson.write(json.body());
            case ApiAnswer.Document document -> document.bytes();
            case ApiAnswer.Problem problem -> ApiJson.write(problem.problem());
            case ApiAnswer.Nothing nothing -> new byte[0];
            case ApiAnswer.Stream stream -> new byte[0];
        };
        ByteBuf content = headOnly ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), content);
        HttpHeaders headers = common(response, now);
        switch (answer) {
            case ApiAnswer.Json json -> add(headers, JSON, json.headers());
            case ApiAnswer.Document document -> add(headers, document.contentType(), Map.of());
            case ApiAnswer.Problem problem -> add(headers, PROBLEM, problem.headers());
            case ApiAnswer.Nothing nothing -> nothing.headers().forEach(headers::set);
            case ApiAnswer.Stream stream -> add(headers, EVENTS, Map.of());
        }
        if (answer.status() != HttpResponseStatus.NO_CONTENT.code() && !(answer instanceof ApiAnswer.Stream)) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        HttpUtil.setKeepAlive(response, keepAlive);
        return response;
    }

    /** The head of a stream: it ends with the connection. */
    static HttpResponse streaming(Instant now) {
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        HttpHeaders headers = common(response, now);
        add(headers, EVENTS, Map.of());
        headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        return response;
    }

    // What is said of a farm is for nobody's cache and nobody's frame, and never guessed to be something else.
    private static HttpHeaders common(HttpResponse response, Instant now) {
        return response.headers()
                .set(HttpHeaderNames.DATE, DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)))
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .set("X-Content-Type-Options", "nosniff")
                .set("Referrer-Policy", "no-referrer")
                .set(
                        HttpHeaderNames.CONTENT_SECURITY_POLICY,
                        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
                                + " frame-ancestors 'none'");
    }

    private static void add(HttpHeaders headers, String contentType, Map<String, String> more) {
        headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
        more.forEach(headers::set);
    }
}
