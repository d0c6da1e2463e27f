package sluice.proxy.api;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Why a request was not answered as wished (RFC 9457).
 *
 * @param status the HTTP status
 * @param type a URN that names the kind of problem and never changes: {@code urn:sluice:problem:no-such-path}
 * @param title the kind of problem in words
 * @param detail what is wrong with this request, and the cure
 * @param more further members, such as {@code step}
 */
public record ApiProblem(
        String type,
        String title,
        int status,
        String detail,
        @JsonAnyGetter Map<String, String> more) {
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]");
    private static final String URN = "urn:sluice:problem:";

    public ApiProblem {
        detail = oneLine(detail);
        more = more.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, member -> oneLine(member.getValue())));
    }

    // Names in a body and what a pool said are others' words, and may be shown on a terminal.
    private static String oneLine(String text) {
        return CONTROL.matcher(text).replaceAll("\uFFFD");
    }

    /** @param code kebab-case, behind the URN's prefix */
    public static ApiProblem of(int status, String code, String title, String detail) {
        return new ApiProblem(URN + code, title, status, detail, Map.of());
    }

    public static ApiProblem badRequest(String detail) {
        return of(400, "bad-request", "The request is malformed", detail);
    }

    public static ApiProblem notFound(String detail) {
        return of(404, "not-found", "There is no such thing", detail);
    }

    /** The body is JSON and well-formed, but what it asks for makes no sense. */
    public static ApiProblem unprocessable(String detail) {
        return of(422, "unprocessable", "The request asks for what cannot be", detail);
    }

    public static ApiProblem unavailable(String detail) {
        return of(503, "unavailable", "The gateway cannot say just now", detail);
    }

    /** The kind of problem, short. */
    public String code() {
        return type.substring(URN.length());
    }

    /** The same with one more member. */
    public ApiProblem with(String member, String value) {
        Map<String, String> all = new TreeMap<>(more);
        all.put(member, value);
        return new ApiProblem(type, title, status, detail, all);
    }
}
