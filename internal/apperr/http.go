package apperr

import "net/http"

var status = map[Code]int{
	CodeInvalid:         http.StatusUnprocessableEntity,
	CodeUnauthenticated: http.StatusUnauthorized,
	CodeForbidden:       http.StatusForbidden,
	CodeNotFound:        http.StatusNotFound,
	CodeOutdated:        http.StatusPreconditionFailed,
	CodeOtherWords:      http.StatusConflict,
	CodeWrongStage:      http.StatusConflict,
	CodeClosed:          http.StatusConflict,
	CodeLate:            http.StatusConflict,
	CodeHeld:            http.StatusConflict,
	CodeInUse:           http.StatusConflict,
	CodeOtherText:       http.StatusConflict,
	CodeLinkExpired:     http.StatusGone,
	CodeUnderReview:     http.StatusUnavailableForLegalReasons,
	CodeTooLarge:        http.StatusRequestEntityTooLarge,
	CodeTooMany:         http.StatusTooManyRequests,
	CodeSignIn:          http.StatusUnauthorized,
	CodeAccountLink:     http.StatusGone,
	CodeAccountState:    http.StatusConflict,
	CodeScope:           http.StatusForbidden,
	CodeMethod:          http.StatusMethodNotAllowed,
	CodePrecondition:    http.StatusPreconditionRequired,
	CodeUnsupportedType: http.StatusUnsupportedMediaType,
	CodeNotInstalled:    http.StatusNotImplemented,
	CodeUnavailable:     http.StatusServiceUnavailable,
	CodeInternal:        http.StatusInternalServerError,
}

// HTTPStatus returns the status code pages and API answer with.
func HTTPStatus(code Code) int {
	if s, ok := status[code]; ok {
		return s
	}
	return http.StatusInternalServerError
}
