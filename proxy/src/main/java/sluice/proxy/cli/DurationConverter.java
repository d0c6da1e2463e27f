package sluice.proxy.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import sluice.config.DurationText;
import sluice.config.InvalidValueException;

/** Durations on the command line are written as in the configuration: 500ms, 30s, 2m. */
final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
        try {
            return DurationText.parse(text);
        } catch (InvalidValueException e) {
            throw new TypeConversionException("'" + text + "' " + e.wrong() + ": " + e.right());
        }
    }
}
