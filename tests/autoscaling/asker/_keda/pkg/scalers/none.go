package scalers

// Declared in a scaler that is left out.
const externalMetricType = "External"
