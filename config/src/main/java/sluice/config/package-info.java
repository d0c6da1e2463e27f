/** The operator's file, read whole and validated into immutable records before a port is opened. */
package sluice.config;
