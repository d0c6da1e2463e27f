package sluice.proxy.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Cuts long lists into pages. Where a page begins is said by the place in the order of the last entry before, not by a number
 * of entries: what comes and goes between two requests makes nobody else appear twice or be left out.
 */
final class Paging {
    /** Entries of one page. */
    static final int MAX_ENTRIES = 500;

    /** Of what says where a page begins. */
    static final int MAX_CURSOR_LENGTH = 1_024;

    private static final int DEFAULT_ENTRIES = 100;

    static final QueryParameter LIMIT =
            QueryParameter.number("limit", 1, MAX_ENTRIES, "entries of the page; " + DEFAULT_ENTRIES + " without it");
    static final QueryParameter CURSOR =
            QueryParameter.text("cursor", MAX_CURSOR_LENGTH, "where the page begins: next_cursor of the page before");

    private Paging() {}

    /** An entry and its place. */
    record Row<T>(T entry, Place place) {
        static <T> Row<T> byNumber(T entry, double number, String id) {
            return new Row<>(entry, new Place(number, "", id));
        }

        static <T> Row<T> byText(T entry, String text, String id) {
            return new Row<>(entry, new Place(0, text, id));
        }
    }

    /**
     * Where an entry stands: by number, then by text, then by id.
     *
     * @param id nobody else's
     */
    record Place(double number, String text, String id) {
        private static final Comparator<Place> ORDER = Comparator.comparingDouble(Place::number)
                .thenComparing(Place::text)
                .thenComparing(Place::id);

        private String cursor() {
            String whole = Long.toHexString(Double.doubleToLongBits(number)) + "\n" + text + "\n" + id;
            return Base64.getUrlEncoder().withoutPadding().encodeToString(whole.getBytes(StandardCharsets.UTF_8));
        }

        private static Place of(String cursor) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("\n", -1);
                if (parts.length == 3) {
                    return new Place(Double.longBitsToDouble(Long.parseUnsignedLong(parts[0], 16)), parts[1], parts[2]);
                }
            } catch (IllegalArgumentException e) {
                // Said below: nobody but us makes cursors.
            }
            throw new ApiFault(ApiProblem.badRequest("the cursor is none of ours: take next_cursor as it is"));
        }
    }

    /** @param next the cursor of the page behind; empty where there is none */
    record Page<T>(List<T> entries, int total, Optional<String> next) {}

    /** @param rows in any order */
    static <T> Page<T> page(List<Row<T>> rows, boolean descending, ApiRequest request) {
        Comparator<Place> order = descending ? Place.ORDER.reversed() : Place.ORDER;
        Optional<Place> behind = request.query("cursor").map(Place::of);
        List<Row<T>> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparing(Row::place, order));
        int from = 0;
        while (behind.isPresent()
                && from < sorted.size()
                && order.compare(sorted.get(from).place(), behind.get()) <= 0) {
            from++;
        }
        int to = Math.min(sorted.size(), from + request.number("limit", DEFAULT_ENTRIES));
        List<Row<T>> part = sorted.subList(from, to);
        return new Page<>(
                part.stream().map(Row::entry).toList(),
                rows.size(),
                to < sorted.size() ? Optional.of(part.getLast().place().cursor()) : Optional.empty());
    }
}
