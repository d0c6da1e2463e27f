package sluice.config;

import java.time.Duration;

/** The values that a setting may take, both ends included. */
public record Range<T extends Comparable<T>>(T least, T most) {

    public Range {
        if (least.compareTo(most) > 0) {
            throw new IllegalArgumentException(least + " exceeds " + most);
        }
    }

    /** Whether {@code value} lies in the range; no range contains a NaN. */
    public boolean contains(T value) {
        return least.compareTo(value) <= 0 && value.compareTo(most) <= 0;
    }

    /** Returns {@code value}. Throws InvalidValueException unless the range contains it. */
    public T require(T value) {
        if (!contains(value)) {
            throw new InvalidValueException("is " + text(value) + ", out of range", "write a value from " + this);
        }
        return value;
    }

    @Override
    public String toString() {
        return text(least) + " to " + text(most);
    }

    /** A bound or a value as operators write it. */
    static String text(Object value) {
        return switch (value) {
            case Duration duration -> DurationText.format(duration);
            case Double number
            when number == Math.rint(number) && Math.abs(number) < 1e9 -> Long.toString(number.longValue());
            case Double number -> number.toString().replace(".0E", "e").replace('E', 'e');
            default -> value.toString();
        };
    }
}
